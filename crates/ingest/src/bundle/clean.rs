use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use artifact::{ArtifactError, Fingerprint, Table, Tensors};
use cortex::{Connection, Event, Field, FieldName, Neuron, NucleusId, RootId, UnitId, VOXEL_UM};

use super::{
    connectome,
    files::{self, FieldFiles},
    irregularities, listing, npy,
};
use crate::{CleanField, IngestError, error::Defect};

/// Largest magnitude of a voxel coordinate: f64 holds integers exactly up to here.
const LARGEST_VOXEL: f64 = 9_007_199_254_740_992.0;

/// One field of a bundle.
#[derive(Clone, Debug)]
pub struct BundleField {
    name: FieldName,
    files: FieldFiles,
}

impl BundleField {
    pub(super) fn find(bundle: &Path, name: &FieldName) -> Result<Self, IngestError> {
        Ok(Self { files: FieldFiles::find(bundle, name)?, name: name.clone() })
    }

    /// Every file that [`BundleField::read`] opens.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.files.paths().map(Path::to_owned).collect()
    }

    /// Fingerprints of those files, by file name.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if one cannot be read.
    pub fn fingerprints(&self) -> Result<BTreeMap<String, Fingerprint>, ArtifactError> {
        let of_file = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, Fingerprint::of_file(path)?))
        };
        self.files.paths().map(of_file).collect()
    }

    /// Reads, checks and cleans the field.
    ///
    /// Positions come in voxels and get micrometres as well; `root_id` 0 becomes `None`; event trains
    /// are sorted; the released matrices stay as they are, f64 `[N, N]`, the STTC filled in its lower
    /// triangle only. What was odd but usable is noted.
    ///
    /// # Errors
    /// [`IngestError::Content`], [`IngestError::ForeignGlobal`] or [`IngestError::NeuronCounts`] name the
    /// file that cannot be used.
    pub fn read(&self) -> Result<CleanField, IngestError> {
        let mut notes = Vec::new();
        let neurons = self.neurons(&mut notes)?;
        let connections = self.connections(&neurons, &mut notes)?;
        let events = self.events(neurons.len(), &mut notes)?;
        let released = self.released(neurons.len(), &mut notes)?;
        let field = Field { name: self.name.clone(), neurons, connections, events };
        Ok(CleanField { field, released, further: Table::new(), counts: Vec::new(), notes })
    }

    fn neurons(&self, notes: &mut Vec<String>) -> Result<Vec<Neuron>, IngestError> {
        let path = &self.files.positions;
        let rows = npy::sequences(&files::read(path)?).map_err(Defect::at(path))?;
        if rows.is_empty() {
            return Err(Defect::at(path)(Defect::new("it holds no neurons")));
        }
        notes.extend(self.listing_note(rows.len())?);
        let positions = rows.iter().enumerate().map(|(row, position)| voxel(row, position));
        let positions = positions.collect::<Result<Vec<_>, _>>().map_err(Defect::at(path))?;
        let roots = self.ids(&self.files.root_ids, positions.len())?;
        let units = self.ids(&self.files.unit_ids, positions.len())?;
        let nuclei = self.ids(&self.files.nucleus_ids, positions.len())?;
        notes.extend(irregularities::of_positions(&rows, &positions));
        notes.extend(irregularities::of_ids(&roots, &units, &nuclei));
        let neuron = |(index, &position_voxel): (usize, &[i64; 3])| Neuron {
            unit: UnitId(units[index]),
            nucleus: NucleusId(nuclei[index]),
            root: Some(RootId(roots[index])).filter(|root| root.0 != 0),
            position_um: [0, 1, 2].map(|axis| position_voxel[axis] as f64 * VOXEL_UM[axis]),
            position_voxel,
        };
        Ok(positions.iter().enumerate().map(neuron).collect())
    }

    fn listing_note(&self, neurons: usize) -> Result<Option<String>, IngestError> {
        let Some(path) = &self.files.listing else { return Ok(None) };
        let text = files::read(path)?;
        let listed = listing::listed_neurons(&String::from_utf8_lossy(&text), &self.name);
        Ok(listed.filter(|&listed| listed != neurons).map(|listed| {
            format!(
                "INF.md lists {listed} neurons, but the field's files hold {neurons}; the files are followed"
            )
        }))
    }

    fn ids(&self, path: &Path, neurons: usize) -> Result<Vec<i64>, IngestError> {
        let ids = npy::ids(&files::read(path)?).map_err(Defect::at(path))?;
        self.check_count(path, ids.len(), neurons)?;
        Ok(ids)
    }

    fn connections(
        &self,
        neurons: &[Neuron],
        notes: &mut Vec<String>,
    ) -> Result<Vec<Connection>, IngestError> {
        let path = &self.files.connectome;
        let connectome = connectome::read(&files::read(path)?).map_err(Defect::at(path))?;
        self.check_count(path, connectome.labels.len(), neurons.len())?;
        check_labels(&connectome.labels, neurons).map_err(Defect::at(path))?;
        notes.extend(irregularities::of_connections(&connectome.connections, neurons.len()));
        Ok(connectome.connections)
    }

    fn events(&self, neurons: usize, notes: &mut Vec<String>) -> Result<Vec<Event>, IngestError> {
        let Some(path) = &self.files.spikes else {
            notes.push(format!("spikes_{}.npy is missing: the field has no events", self.name));
            return Ok(Vec::new());
        };
        let mut trains = npy::sequences(&files::read(path)?).map_err(Defect::at(path))?;
        self.check_count(path, trains.len(), neurons)?;
        for (row, train) in trains.iter().enumerate() {
            if let Some(time) = train.iter().find(|time| !time.is_finite() || **time < 0.0) {
                let reason =
                    format!("row {row} has an event at {time} s; times count from the start, in seconds");
                return Err(Defect::at(path)(Defect::new(reason)));
            }
        }
        notes.extend(irregularities::of_trains(&trains));
        for train in &mut trains {
            train.sort_by(f64::total_cmp);
        }
        let of_neuron = |(neuron, train): (usize, Vec<f64>)| {
            train.into_iter().map(move |time_s| Event { neuron: neuron as u32, time_s })
        };
        Ok(trains.into_iter().enumerate().flat_map(of_neuron).collect())
    }

    fn released(&self, neurons: usize, notes: &mut Vec<String>) -> Result<Tensors, IngestError> {
        let files = &self.files;
        let matrices =
            [("correlation", &files.correlation), ("sttc", &files.sttc), ("precision", &files.precision)];
        let mut released = Tensors::new();
        for (name, path) in matrices {
            let Some(path) = path else {
                notes.push(format!("the source releases no {name} matrix"));
                continue;
            };
            let (size, matrix) = npy::square_matrix(&files::read(path)?).map_err(Defect::at(path))?;
            self.check_count(path, size, neurons)?;
            notes.extend(irregularities::of_matrix(name, size, &matrix));
            released.insert_f64(name, &[size, size], matrix);
        }
        Ok(released)
    }

    /// Holds every file against the positions, which say how many neurons there are.
    fn check_count(&self, path: &Path, found: usize, neurons: usize) -> Result<(), IngestError> {
        if found == neurons {
            return Ok(());
        }
        Err(IngestError::NeuronCounts {
            first: self.files.positions.clone(),
            first_neurons: neurons,
            second: path.to_owned(),
            second_neurons: found,
        })
    }
}

/// Checks one row of positions, and rounds it to whole voxels.
fn voxel(row: usize, position: &[f64]) -> Result<[i64; 3], Defect> {
    let &[x, y, z] = position else {
        return Err(Defect::new(format!(
            "row {row} has {} coordinates, expected x, y and z",
            position.len()
        )));
    };
    let axes = [x, y, z];
    if let Some(coordinate) = axes.iter().find(|coordinate| !is_voxel(**coordinate)) {
        return Err(Defect::new(format!("row {row} has the coordinate {coordinate}; voxels are expected")));
    }
    Ok(axes.map(|coordinate| coordinate.round() as i64))
}

fn is_voxel(coordinate: f64) -> bool {
    coordinate.is_finite() && coordinate.abs() <= LARGEST_VOXEL
}

/// Accepts rows labelled by their place, or by any of the neurons' ids in their order.
fn check_labels(labels: &[String], neurons: &[Neuron]) -> Result<(), Defect> {
    let follows = |id: &dyn Fn(usize, &Neuron) -> i64| {
        let mut pairs = labels.iter().zip(neurons).enumerate();
        pairs.all(|(index, (label, neuron))| label.parse() == Ok(id(index, neuron)))
    };
    let known = follows(&|index, _| index as i64)
        || follows(&|_, neuron| neuron.root.map_or(0, |root| root.0))
        || follows(&|_, neuron| neuron.unit.0)
        || follows(&|_, neuron| neuron.nucleus.0);
    if known {
        return Ok(());
    }
    Err(Defect::new(
        "its rows are labelled neither 0 to N − 1 nor by the root, unit or target ids in their order, so \
         that it is unclear which neurons they are",
    ))
}
