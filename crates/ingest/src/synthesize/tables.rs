use std::{path::Path, sync::mpsc, thread};

use cortex::{Field, FieldName};
use rand::Rng;
use stage::Progress;

use super::{
    SynthesizeArguments,
    dialect::{ActivityShape, Layout, SynapseShape},
    sheet::{Cells, Sheet},
    sink::{self, Sink},
    volume::{BATCH, Volume},
};
use crate::{
    IngestError,
    synthetic::{FRAME_SECONDS, FRAMES},
};

/// Cells of a batch of the wide table of activity.
const WIDE_BATCH_CELLS: usize = 1 << 22;

/// Encoded batches that wait for the disk.
const WAITING: usize = 2;

/// Session, scan and field number of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Recording {
    session: i64,
    scan: i64,
    plane: i64,
}

impl Recording {
    /// Reads `session_scan_field`.
    pub(super) fn of(name: &FieldName) -> Option<Self> {
        let mut parts = name.as_str().split('_').map(|part| part.parse::<u32>().ok().map(i64::from));
        match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
            (Some(session), Some(scan), Some(plane), None) => Some(Self { session, scan, plane }),
            _ => None,
        }
    }
}

/// Writes every table of one dialect.
///
/// # Errors
/// What the disk refuses.
pub(super) fn write(
    folder: &Path,
    layout: Layout,
    field: &Field,
    arguments: &SynthesizeArguments,
    synapses: u64,
    progress: &Progress,
) -> Result<(), IngestError> {
    let recording = Recording::of(&field.name).ok_or_else(|| IngestError::NotSynthetic {
        name: field.name.to_string(),
        largest: crate::LARGEST_SYNTHETIC,
    })?;
    let whole = |name: &str, sheet: &Sheet| {
        let mut sink = Sink::begin(folder, name, layout, sheet)?;
        sink.append(sheet, 0)?;
        sink.finish()
    };
    whole("coregistration_manual_v4", &coregistration(field, recording))?;
    whole("nucleus_detection_v0", &nuclei(field))?;
    progress.advance("coregistration and nuclei");
    let volume = Volume::new(field, synapses, arguments.seed);
    let (name, rows, batch): (_, _, &(dyn Fn(u64) -> Sheet + Sync)) = match arguments.synapse_table {
        SynapseShape::Full => ("synapses_pni_2", volume.rows(), &|index| volume.batch(index, true)),
        SynapseShape::ThreeColumn => ("synapses", volume.rows(), &|index| volume.batch(index, false)),
        SynapseShape::Connections => {
            ("connections_with_nuclei", volume.connection_rows(), &|index| volume.connection_batch(index))
        }
    };
    stream(folder, name, layout, rows, BATCH, batch)?;
    progress.advance(name);
    match arguments.activity {
        ActivityShape::None => {}
        ActivityShape::Long => {
            stream(folder, "activity", layout, field.events.len() as u64, BATCH, &|index| {
                long_activity(field, recording, index)
            })?;
        }
        ActivityShape::Wide => {
            let frames = (WIDE_BATCH_CELLS / field.neurons.len()).clamp(1, FRAMES);
            stream(folder, "activity", layout, FRAMES as u64, frames, &|index| {
                wide_activity(field, recording, arguments.seed, index as usize * frames, frames)
            })?;
        }
    }
    progress.advance("activity");
    Ok(())
}

/// Writes a table batch by batch; the next one is made and encoded while one is compressed and written.
fn stream(
    folder: &Path,
    name: &str,
    layout: Layout,
    rows: u64,
    batch_rows: usize,
    batch: &(dyn Fn(u64) -> Sheet + Sync),
) -> Result<(), IngestError> {
    let mut sink = Sink::begin(folder, name, layout, &batch(0))?;
    let path = folder.join(name);
    thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel(WAITING);
        scope.spawn(move || {
            for index in 0..rows.div_ceil(batch_rows as u64) {
                let encoded = sink::encode(&batch(index), layout, index * batch_rows as u64);
                // The writer stops listening when the disk refuses.
                if send.send(encoded).is_err() {
                    break;
                }
            }
        });
        receive.iter().try_for_each(|encoded| sink.write(&encoded.map_err(sink::encoding(&path))?))
    })?;
    sink.finish()
}

fn coregistration(field: &Field, recording: Recording) -> Sheet {
    let neurons = &field.neurons;
    let every = |value: i64| Cells::Integers(vec![value; neurons.len()]);
    Sheet::new()
        .with("id", Cells::Integers((1..=neurons.len() as i64).collect()))
        .with("valid", Cells::Booleans(vec![true; neurons.len()]))
        .with("target_id", Cells::Integers(neurons.iter().map(|neuron| neuron.nucleus.0).collect()))
        .with("session", every(recording.session))
        .with("scan_idx", every(recording.scan))
        .with("unit_id", Cells::Integers(neurons.iter().map(|neuron| neuron.unit.0).collect()))
        .with("field", every(recording.plane))
        .with("pt_root_id", roots(field))
        .with("pt_position", positions(field))
}

fn nuclei(field: &Field) -> Sheet {
    let neurons = &field.neurons;
    Sheet::new()
        .with("id", Cells::Integers(neurons.iter().map(|neuron| neuron.nucleus.0).collect()))
        .with("valid", Cells::Booleans(vec![true; neurons.len()]))
        .with("volume", Cells::Floats(vec![261.5; neurons.len()]))
        .with("pt_root_id", roots(field))
        .with("pt_position", positions(field))
}

fn roots(field: &Field) -> Cells {
    Cells::Integers(field.neurons.iter().map(|neuron| neuron.root.map_or(0, |root| root.0)).collect())
}

fn positions(field: &Field) -> Cells {
    Cells::Positions(field.neurons.iter().map(|neuron| neuron.position_voxel).collect())
}

fn long_activity(field: &Field, recording: Recording, index: u64) -> Sheet {
    let first = (index as usize * BATCH).min(field.events.len());
    let events = &field.events[first..field.events.len().min(first + BATCH)];
    let unit = |neuron: u32| field.neurons[neuron as usize].unit.0;
    Sheet::new()
        .with("session", Cells::Integers(vec![recording.session; events.len()]))
        .with("scan_idx", Cells::Integers(vec![recording.scan; events.len()]))
        .with("unit_id", Cells::Integers(events.iter().map(|event| unit(event.neuron)).collect()))
        .with("time_s", Cells::Floats(events.iter().map(|event| event.time_s).collect()))
}

/// Amplitudes of `frames` frames from `first` on: between 1 and 2 at an event, 0 elsewhere.
fn wide_activity(field: &Field, recording: Recording, seed: u64, first: usize, frames: usize) -> Sheet {
    let count = frames.min(FRAMES - first);
    let word = first.to_string();
    let mut random = cortex::stream(seed, &["synthesize", field.name.as_str(), "amplitudes", &word]);
    let mut amplitudes = vec![vec![0.0; count]; field.neurons.len()];
    for event in &field.events {
        let frame = (event.time_s / FRAME_SECONDS).round() as usize;
        if (first..first + count).contains(&frame) {
            amplitudes[event.neuron as usize][frame - first] = 1.0 + random.random::<f64>();
        }
    }
    let sheet = Sheet::new()
        .with("session", Cells::Integers(vec![recording.session; count]))
        .with("scan_idx", Cells::Integers(vec![recording.scan; count]))
        .with("frame", Cells::Integers((first as i64..(first + count) as i64).collect()));
    let units = field.neurons.iter().map(|neuron| neuron.unit.0.to_string());
    units
        .zip(amplitudes)
        .fold(sheet, |sheet, (unit, amplitudes)| sheet.with(&unit, Cells::Floats(amplitudes)))
}
