/// Waits for a lower loss, but not for ever.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    epochs: u32,
    lowest: f64,
    waited: u32,
}

impl Patience {
    /// Waits `epochs` epochs for a loss below the lowest so far.
    pub(super) fn new(epochs: u32) -> Self {
        Self { epochs, lowest: f64::INFINITY, waited: 0 }
    }

    /// Whether it is over after an epoch of this loss.
    pub(super) fn is_over(&mut self, loss: f64) -> bool {
        if loss < self.lowest {
            self.lowest = loss;
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        self.waited >= self.epochs
    }
}

#[cfg(test)]
mod tests {
    use super::Patience;

    #[test]
    fn only_a_loss_below_the_lowest_renews_it() {
        let mut patience = Patience::new(2);
        let over = [3.0, 2.0, 2.5, 1.0, 1.0, 1.5].map(|loss| patience.is_over(loss));
        assert_eq!(over, [false, false, false, false, false, true]);
    }
}
