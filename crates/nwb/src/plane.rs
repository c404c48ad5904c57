use hdf5_pure::{Dataset, File};

use crate::{
    NwbError,
    recording::{DECONVOLVED, SERIES},
};

/// Most regions and frames of a plane: a hundred times those of MICrONS. What declares more is damaged.
const MOST_REGIONS: u64 = 1_000_000;
const MOST_FRAMES: u64 = 10_000_000;

/// Amplitudes that are read at a time.
const AT_A_TIME: u64 = 1 << 20;

/// Deconvolved activity of one imaging plane.
#[derive(Debug)]
pub struct Plane {
    field: u32,
    units: Vec<i64>,
    times_s: Vec<f64>,
    amplitudes: Dataset,
}

impl Plane {
    pub(crate) fn open(file: &File, field: u32) -> Result<Self, NwbError> {
        let series = format!("{SERIES}/{DECONVOLVED}{field}");
        let table = format!("processing/ophys/ImageSegmentation/PlaneSegmentation{field}/id");
        let ids = line(file, &table, MOST_REGIONS)?.read_i64()?;
        let rois = line(file, &format!("{series}/rois"), MOST_REGIONS)?.read_i64()?;
        let times_s = line(file, &format!("{series}/timestamps"), MOST_FRAMES)?.read_f64()?;
        let amplitudes = file.dataset(&format!("{series}/data"))?;
        let shape = amplitudes.shape()?;
        if shape != [times_s.len() as u64, rois.len() as u64] {
            return Err(NwbError::layout(format!(
                "{series}/data has the shape {shape:?}, but there are {} timestamps and {} rois",
                times_s.len(),
                rois.len()
            )));
        }
        if let Some(frame) = times_s
            .windows(2)
            .position(|pair| pair[0].partial_cmp(&pair[1]).is_none_or(|order| order.is_ge()))
        {
            return Err(NwbError::layout(format!(
                "{series}/timestamps: frame {} is at {} s, no later than the one before",
                frame + 1,
                times_s[frame + 1]
            )));
        }
        let unit = |&roi: &i64| usize::try_from(roi).ok().and_then(|roi| ids.get(roi)).copied();
        let units = rois.iter().map(unit).collect::<Option<Vec<i64>>>().ok_or_else(|| {
            NwbError::layout(format!(
                "{series}/rois names a row that {table} does not have; it has {}",
                ids.len()
            ))
        })?;
        Ok(Self { field, units, times_s, amplitudes })
    }

    /// Number of the plane: the field of `session_scan_field`.
    pub fn field(&self) -> u32 {
        self.field
    }

    /// The unit of every column of amplitudes.
    pub fn units(&self) -> &[i64] {
        &self.units
    }

    /// Times of the frames, seconds, ascending.
    pub fn times_s(&self) -> &[f64] {
        &self.times_s
    }

    /// Calls `each` with the time and the amplitudes of every frame, one a unit, in the order of time.
    ///
    /// # Errors
    /// [`NwbError::Hdf5`] if the file is damaged.
    pub fn each_frame(&self, mut each: impl FnMut(f64, &[f64])) -> Result<(), NwbError> {
        let units = self.units.len();
        if units == 0 {
            return Ok(());
        }
        let rows = (AT_A_TIME / units as u64).max(1);
        for (block, times) in self.times_s.chunks(rows as usize).enumerate() {
            let amplitudes = self.amplitudes.read_f64_rows(block as u64 * rows, rows)?;
            if amplitudes.len() != times.len() * units {
                return Err(NwbError::layout(format!("its data of plane {} end early", self.field)));
            }
            times.iter().zip(amplitudes.chunks(units)).for_each(|(&time_s, frame)| each(time_s, frame));
        }
        Ok(())
    }
}

/// Looks up a data set of one axis that is not absurdly long.
fn line(file: &File, path: &str, most: u64) -> Result<Dataset, NwbError> {
    let dataset =
        file.dataset(path).map_err(|error| NwbError::layout(format!("it has no {path}: {error}")))?;
    let shape = dataset.shape()?;
    match shape[..] {
        [length] if length <= most => Ok(dataset),
        _ => Err(NwbError::layout(format!(
            "{path} has the shape {shape:?}; one axis of at most {most} is expected"
        ))),
    }
}
