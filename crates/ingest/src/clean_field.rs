use artifact::{ArtifactError, Count, Draft, Table, Tensors, write_field_with};
use cortex::Field;

/// A field, cleaned and checked, with what its source told besides.
#[derive(Clone, Debug)]
pub struct CleanField {
    /// Neurons, connections and events.
    pub field: Field,
    /// Measures that the source released: `correlation`, `sttc` and `precision`, f64 `[N, N]`, unchanged.
    pub released: Tensors,
    /// What the source tells of neurons besides: further columns of `neurons.parquet`, one row a neuron.
    pub further: Table,
    /// Rows of the source that were dropped, repaired or kept although odd.
    pub counts: Vec<Count>,
    /// What was odd in the source but usable, one sentence each.
    pub notes: Vec<String>,
}

impl CleanField {
    /// Synapses of all connections.
    pub fn synapses(&self) -> u64 {
        self.field.connections.iter().map(|connection| u64::from(connection.count)).sum()
    }

    /// One line for people: neurons, connections, synapses, events, notes.
    pub fn summary(&self) -> String {
        let field = &self.field;
        format!(
            "{}: {} neurons, {} connections ({} synapses), {} events, {} notes",
            field.name,
            field.neurons.len(),
            field.connections.len(),
            self.synapses(),
            field.events.len(),
            self.notes.len()
        )
    }

    /// Writes everything into a draft.
    pub(crate) fn write(&self, draft: &mut Draft) -> Result<(), ArtifactError> {
        write_field_with(draft, &self.field, &self.further)?;
        if !self.released.is_empty() {
            draft.tensors("released.safetensors", &self.released)?;
        }
        for note in &self.notes {
            draft.note(note);
        }
        for count in &self.counts {
            draft.count(count.clone());
        }
        Ok(())
    }
}
