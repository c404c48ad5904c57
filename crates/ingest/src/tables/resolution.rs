use config::TableSettings;
use cortex::VOXEL_UM;

use super::file::TableFile;

/// Edge lengths of a voxel, nanometres.
const VOXEL_NM: [f64; 3] = [1000.0 * VOXEL_UM[0], 1000.0 * VOXEL_UM[1], 1000.0 * VOXEL_UM[2]];

/// Length of a unit of the positions of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Resolution {
    nanometres: [f64; 3],
    origin: Origin,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Metadata,
    Configuration,
    Nobody,
}

impl Resolution {
    /// From the table's metadata, else from the configuration, else voxels.
    pub(super) fn of(file: &TableFile, settings: &TableSettings) -> Self {
        match (file.resolution_nm, settings.resolution_nm) {
            (Some(nanometres), _) => Self { nanometres, origin: Origin::Metadata },
            (None, Some(nanometres)) => Self { nanometres, origin: Origin::Configuration },
            (None, None) => Self { nanometres: VOXEL_NM, origin: Origin::Nobody },
        }
    }

    /// A position of the table in voxels; a voxel is left as it is.
    pub(super) fn voxels(&self, position: [f64; 3]) -> [f64; 3] {
        if self.nanometres == VOXEL_NM {
            return position;
        }
        [0, 1, 2].map(|axis| {
            let voxels = position[axis] * self.nanometres[axis] / VOXEL_NM[axis];
            // Nanometres of a whole voxel come back as that voxel, whatever was lost on the way.
            if (voxels - voxels.round()).abs() < 1e-6 { voxels.round() } else { voxels }
        })
    }

    /// One sentence on what was assumed.
    pub(super) fn note(&self, file: &TableFile) -> String {
        let [x, y, z] = self.nanometres;
        let said = match self.origin {
            Origin::Metadata => "as its metadata say",
            Origin::Configuration => "as source.resolution_nm says",
            Origin::Nobody => "voxels, as neither metadata nor source.resolution_nm say otherwise",
        };
        format!("{}: positions count in units of {x} × {y} × {z} nm, {said}", file.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_any_resolution_become_voxels() {
        let nanometres = |nanometres| Resolution { nanometres, origin: Origin::Metadata };
        let voxel = [296_208.0, 94_688.0, 15_803.0];
        let position = [4.0 * voxel[0], 4.0 * voxel[1], 40.0 * voxel[2]];
        assert_eq!(nanometres([1.0; 3]).voxels(position), voxel);
        assert_eq!(nanometres([1000.0; 3]).voxels(position.map(|length| length / 1000.0)), voxel);
        assert_eq!(nanometres([8.0, 8.0, 40.0]).voxels([1.0, 3.0, 5.0]), [2.0, 6.0, 5.0]);
        assert_eq!(nanometres([1.0; 3]).voxels([2.0, 0.0, 20.0]), [0.5, 0.0, 0.5]);
        assert_eq!(nanometres([4.0, 4.0, 40.0]).voxels([0.25, 1.0, 2.0]), [0.25, 1.0, 2.0]);
    }
}
