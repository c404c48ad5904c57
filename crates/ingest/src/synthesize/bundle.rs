use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

use cortex::Field;

use super::object_array::{self, Number};
use crate::IngestError;

/// Writes a field in the layout of the study's released data, the three measures left out.
///
/// # Errors
/// What the disk refuses.
pub(super) fn write(folder: &Path, field: &Field) -> Result<(), IngestError> {
    let name = &field.name;
    let place = folder.join(name.as_str());
    fs::create_dir_all(&place).map_err(IngestError::io("create", &place))?;
    let neurons = &field.neurons;
    let ids = |file: &str, ids: Vec<i64>| {
        write_file(&place.join(format!("{file}_{name}.npy")), |file| object_array::integers(file, &ids))
    };
    ids("root_ids", neurons.iter().map(|neuron| neuron.root.map_or(0, |root| root.0)).collect())?;
    ids("unit_ids", neurons.iter().map(|neuron| neuron.unit.0).collect())?;
    ids("target_ids", neurons.iter().map(|neuron| neuron.nucleus.0).collect())?;
    write_file(&place.join(format!("positions_{name}.npy")), |file| {
        let positions =
            neurons.iter().map(|neuron| little_endian(neuron.position_voxel.map(i64::to_le_bytes)));
        object_array::arrays(file, Number::I64, neurons.len(), positions)
    })?;
    if !field.events.is_empty() {
        write_file(&place.join(format!("spikes_{name}.npy")), |file| {
            let trains = field.event_trains().into_iter();
            let trains = trains.map(|train| little_endian(train.into_iter().map(f64::to_le_bytes)));
            object_array::arrays(file, Number::F64, neurons.len(), trains)
        })?;
    }
    write_file(&place.join(format!("connectome_{name}.csv")), |file| connectome(file, field))
}

fn little_endian(numbers: impl IntoIterator<Item = [u8; 8]>) -> Vec<u8> {
    numbers.into_iter().flatten().collect()
}

/// Writes N × N counts with a header and an index column, row after row.
fn connectome(file: &mut impl Write, field: &Field) -> io::Result<()> {
    let neurons = field.neurons.len();
    for neuron in 0..neurons {
        write!(file, ",{neuron}")?;
    }
    file.write_all(b"\n")?;
    let mut connections = field.connections.iter().peekable();
    for pre in 0..neurons {
        write!(file, "{pre}")?;
        for post in 0..neurons {
            let here = (pre as u32, post as u32);
            match connections.next_if(|connection| (connection.pre, connection.post) == here) {
                Some(connection) => write!(file, ",{}", connection.count)?,
                None => file.write_all(b",0")?,
            }
        }
        file.write_all(b"\n")?;
    }
    Ok(())
}

fn write_file(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), IngestError> {
    let file = File::create(path).map_err(IngestError::io("create", path))?;
    let mut file = BufWriter::with_capacity(1 << 20, file);
    content(&mut file)
        .and_then(|()| file.flush())
        .and_then(|()| file.get_ref().sync_all())
        .map_err(IngestError::io("write", path))
}
