/// Splits `0..size` into the connected components of the relation `joined`, which is symmetric.
///
/// Components ascend by their first member, members ascend within them.
pub(super) fn components(size: usize, joined: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut waiting: Vec<usize> = (0..size).collect();
    let mut components = Vec::new();
    while let Some(&first) = waiting.first() {
        let mut members = vec![first];
        waiting.remove(0);
        let mut next = 0;
        while let Some(&member) = members.get(next) {
            let (near, far) = waiting.iter().partition(|&&other| joined(member, other));
            members.extend::<Vec<usize>>(near);
            waiting = far;
            next += 1;
        }
        members.sort_unstable();
        components.push(members);
    }
    components
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn chains_pairs_and_loners() {
        let edges = [(0, 5), (5, 2), (1, 4)];
        let found = components(7, |a, b| edges.contains(&(a, b)) || edges.contains(&(b, a)));
        assert_eq!(found, [vec![0, 2, 5], vec![1, 4], vec![3], vec![6]]);
        assert!(components(0, |_, _| true).is_empty());
    }
}
