//! Strongly connected components.

use faer::MatRef;

/// Finds the strongly connected components of the network of non-zero entries, `matrix[from, to]`.
///
/// Every component lists its nodes in ascending order; a node that is on no cycle is one of its own. Time and memory are those
/// of reading the matrix.
///
/// Source: Tarjan 1972, SIAM J. Comput. 1:146.
pub(crate) fn strong_components(matrix: MatRef<'_, f64>) -> Vec<Vec<usize>> {
    let nodes = matrix.nrows();
    let mut search = Search {
        order: vec![usize::MAX; nodes],
        lowest: vec![0; nodes],
        waiting: Vec::new(),
        is_waiting: vec![false; nodes],
        visited: 0,
        components: Vec::new(),
    };
    for root in 0..nodes {
        if search.order[root] == usize::MAX {
            search.from(matrix, root);
        }
    }
    search.components
}

struct Search {
    /// When a node was visited; the largest number until then.
    order: Vec<usize>,
    /// Earliest waiting node that can be reached.
    lowest: Vec<usize>,
    waiting: Vec<usize>,
    is_waiting: Vec<bool>,
    visited: usize,
    components: Vec<Vec<usize>>,
}

impl Search {
    /// Visits everything that can be reached from `root`, without recursion: chains may be long.
    fn from(&mut self, matrix: MatRef<'_, f64>, root: usize) {
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let unread = *next..matrix.ncols();
            let Some(other) = unread.into_iter().find(|&other| matrix[(node, other)] != 0.0) else {
                path.pop();
                if let Some(&(parent, _)) = path.last() {
                    self.lowest[parent] = self.lowest[parent].min(self.lowest[node]);
                }
                if self.lowest[node] == self.order[node] {
                    self.close(node);
                }
                continue;
            };
            *next = other + 1;
            if self.order[other] == usize::MAX {
                self.enter(other);
                path.push((other, 0));
            } else if self.is_waiting[other] {
                self.lowest[node] = self.lowest[node].min(self.order[other]);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        (self.order[node], self.lowest[node]) = (self.visited, self.visited);
        self.visited += 1;
        self.waiting.push(node);
        self.is_waiting[node] = true;
    }

    /// Takes the component that was entered at `node` off the waiting nodes.
    fn close(&mut self, node: usize) {
        let start = self.waiting.iter().rposition(|&waiting| waiting == node).unwrap_or(0);
        let mut component = self.waiting.split_off(start);
        for &member in &component {
            self.is_waiting[member] = false;
        }
        component.sort_unstable();
        self.components.push(component);
    }
}
