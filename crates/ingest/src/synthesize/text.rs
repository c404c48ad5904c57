//! Sheets as lines of CSV.

use std::io::Write;

use super::{
    dialect::{Layout, Positions},
    sheet::{Cells, Sheet},
};

const AXES: [&str; 3] = ["x", "y", "z"];

/// Names and types of the columns as a layout writes them, the index column left out.
pub(super) fn columns(sheet: &Sheet, layout: Layout) -> Vec<(String, &'static str)> {
    let written = |(name, cells): &(String, Cells)| match (cells, layout.positions) {
        (Cells::Positions(_), Positions::Split) => {
            AXES.map(|axis| (format!("{name}_{axis}"), cells.type_name())).to_vec()
        }
        _ => vec![(name.clone(), cells.type_name())],
    };
    sheet.columns.iter().flat_map(written).collect()
}

/// The header line.
pub(super) fn header(sheet: &Sheet, layout: Layout) -> Vec<u8> {
    let names: Vec<String> = columns(sheet, layout).into_iter().map(|(name, _)| name).collect();
    let index = if layout.index_column { "," } else { "" };
    format!("{index}{}\n", names.join(",")).into_bytes()
}

/// The lines of a sheet whose first row is row `first` of the table.
pub(super) fn rows(sheet: &Sheet, layout: Layout, first: u64) -> Vec<u8> {
    let mut text = Vec::with_capacity(sheet.rows() * sheet.columns.len() * 12);
    for row in 0..sheet.rows() {
        if layout.index_column {
            put(&mut text, format_args!("{},", first + row as u64));
        }
        for (_, cells) in &sheet.columns {
            match cells {
                Cells::Booleans(cells) => {
                    text.extend_from_slice(layout.booleans[usize::from(cells[row])].as_bytes());
                }
                Cells::Integers(cells) => put(&mut text, format_args!("{}", cells[row])),
                Cells::Floats(cells) => put(&mut text, format_args!("{}", cells[row])),
                Cells::Positions(cells) if layout.positions == Positions::Split => {
                    let [x, y, z] = cells[row];
                    put(&mut text, format_args!("{x},{y},{z}"));
                }
                Cells::Positions(cells) => array(&mut text, cells[row]),
            }
            text.push(b',');
        }
        if let Some(last) = text.last_mut() {
            *last = b'\n';
        }
    }
    text
}

/// A position as NumPy prints an array: every element as wide as the widest.
fn array(text: &mut Vec<u8>, position: [i64; 3]) {
    let words = position.map(|coordinate| coordinate.to_string());
    let width = words.iter().map(String::len).max().unwrap_or_default();
    let [x, y, z] = words;
    put(text, format_args!("[{x:>width$} {y:>width$} {z:>width$}]"));
}

/// Writing to memory does not fail.
fn put(text: &mut Vec<u8>, words: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(words);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{super::dialect::Dialect, *};

    #[test]
    fn every_layout_writes_its_own_lines() {
        let sheet = Sheet::new()
            .with("id", Cells::Integers(vec![7]))
            .with("valid", Cells::Booleans(vec![true]))
            .with("pt_position", Cells::Positions(vec![[296_208, 94_688, 15_803]]))
            .with("time_s", Cells::Floats(vec![0.1]));
        let written = |dialect: Dialect| {
            let layout = dialect.layout().unwrap();
            String::from_utf8([header(&sheet, layout), rows(&sheet, layout, 3)].concat()).unwrap()
        };
        assert_eq!(
            written(Dialect::ClientCsv),
            ",id,valid,pt_position,time_s\n3,7,True,[296208  94688  15803],0.1\n"
        );
        assert_eq!(
            written(Dialect::Static),
            "id,valid,pt_position_x,pt_position_y,pt_position_z,time_s\n7,t,296208,94688,15803,0.1\n"
        );
    }
}
