use cortex::{Connection, Event, Field, FieldName, Neuron, NucleusId, RootId, UnitId};

use crate::{Artifact, ArtifactError, Column, Draft, Table};

const NEURONS: &str = "neurons.parquet";
const SYNAPSES: &str = "synapses.parquet";
const EVENTS: &str = "events.parquet";

/// Writes a field as `neurons.parquet`, `synapses.parquet` and `events.parquet`.
///
/// # Errors
/// [`ArtifactError::Io`] if the disk refuses.
pub fn write_field(draft: &mut Draft, field: &Field) -> Result<(), ArtifactError> {
    write_field_with(draft, field, &Table::new())
}

/// Writes a field as [`write_field`] does, with further columns of `neurons.parquet`, one row a neuron.
///
/// # Errors
/// As [`write_field`]; [`ArtifactError::Content`] if there are more or fewer rows than neurons.
pub fn write_field_with(draft: &mut Draft, field: &Field, further: &Table) -> Result<(), ArtifactError> {
    let neurons = &field.neurons;
    let coordinate_um =
        |axis: usize| Column::F64(neurons.iter().map(|neuron| neuron.position_um[axis]).collect());
    let coordinate_voxel =
        |axis: usize| Column::I64(neurons.iter().map(|neuron| neuron.position_voxel[axis]).collect());
    let table = Table::new()
        .with("index", Column::U32((0..neurons.len() as u32).collect()))
        .with("unit_id", Column::I64(neurons.iter().map(|neuron| neuron.unit.0).collect()))
        .with("nucleus_id", Column::I64(neurons.iter().map(|neuron| neuron.nucleus.0).collect()))
        .with(
            "root_id",
            Column::OptionalI64(neurons.iter().map(|neuron| neuron.root.map(|root| root.0)).collect()),
        )
        .with("x_um", coordinate_um(0))
        .with("y_um", coordinate_um(1))
        .with("z_um", coordinate_um(2))
        .with("x_voxel", coordinate_voxel(0))
        .with("y_voxel", coordinate_voxel(1))
        .with("z_voxel", coordinate_voxel(2));
    draft.table(NEURONS, &table.beside(further.clone()))?;
    let connections = &field.connections;
    let table = Table::new()
        .with("pre", Column::U32(connections.iter().map(|connection| connection.pre).collect()))
        .with("post", Column::U32(connections.iter().map(|connection| connection.post).collect()))
        .with("count", Column::U32(connections.iter().map(|connection| connection.count).collect()))
        .with("size", Column::OptionalF64(connections.iter().map(|connection| connection.size).collect()));
    draft.table(SYNAPSES, &table)?;
    let table = Table::new()
        .with("neuron", Column::U32(field.events.iter().map(|event| event.neuron).collect()))
        .with("time_s", Column::F64(field.events.iter().map(|event| event.time_s).collect()));
    draft.table(EVENTS, &table)
}

/// Reads the field of an `ingest` artifact.
///
/// # Errors
/// [`ArtifactError::Damaged`] or [`ArtifactError::Content`] if a table is not what it should be.
pub fn read_field(artifact: &Artifact, name: &FieldName) -> Result<Field, ArtifactError> {
    let table = artifact.table(NEURONS)?;
    let (unit, nucleus, root) =
        (table.i64("unit_id")?, table.i64("nucleus_id")?, table.optional_i64("root_id")?);
    let um = [table.f64("x_um")?, table.f64("y_um")?, table.f64("z_um")?];
    let voxel = [table.i64("x_voxel")?, table.i64("y_voxel")?, table.i64("z_voxel")?];
    let neurons = (0..table.rows())
        .map(|row| Neuron {
            unit: UnitId(unit[row]),
            nucleus: NucleusId(nucleus[row]),
            root: root[row].map(RootId),
            position_um: um.map(|axis| axis[row]),
            position_voxel: voxel.map(|axis| axis[row]),
        })
        .collect::<Vec<_>>();
    let in_field =
        |file: &str, indexes: &[u32]| match indexes.iter().find(|&&index| index as usize >= neurons.len()) {
            Some(index) => Err(ArtifactError::content(
                file,
                format!("neuron {index} does not exist, there are {}", neurons.len()),
            )),
            None => Ok(()),
        };
    let table = artifact.table(SYNAPSES)?;
    let (pre, post, count) = (table.u32("pre")?, table.u32("post")?, table.u32("count")?);
    let size = table.optional_f64("size")?;
    in_field(SYNAPSES, pre)?;
    in_field(SYNAPSES, post)?;
    let connections = (0..table.rows())
        .map(|row| Connection { pre: pre[row], post: post[row], count: count[row], size: size[row] })
        .collect();
    let table = artifact.table(EVENTS)?;
    let (neuron, time) = (table.u32("neuron")?, table.f64("time_s")?);
    in_field(EVENTS, neuron)?;
    let events = neuron.iter().zip(time).map(|(&neuron, &time_s)| Event { neuron, time_s }).collect();
    Ok(Field { name: name.clone(), neurons, connections, events })
}
