//! The order in which parts run: each behind those that it depends on, otherwise as they were written.

/// The order, by position; `None` where parts depend on each other in a circle.
pub(super) fn order(dependencies: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = Vec::with_capacity(dependencies.len());
    while order.len() < dependencies.len() {
        let is_next = |(at, needed): &(usize, &Vec<usize>)| {
            !order.contains(at) && needed.iter().all(|needed| order.contains(needed))
        };
        let next = dependencies.iter().enumerate().find(is_next).map(|(at, _)| at)?;
        order.push(next);
    }
    Some(order)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_run_as_they_are_written_and_behind_what_they_need() {
        assert_eq!(order(&[]), Some(vec![]));
        assert_eq!(order(&[vec![], vec![], vec![]]), Some(vec![0, 1, 2]));
        assert_eq!(order(&[vec![2], vec![], vec![]]), Some(vec![1, 2, 0]));
        assert_eq!(order(&[vec![1], vec![0]]), None);
        assert_eq!(order(&[vec![0]]), None);
    }

    proptest! {
        #[test]
        fn an_order_has_each_part_once_behind_what_it_needs(
            dependencies in prop::collection::vec(prop::collection::vec(0usize..8, 0..3), 8)
        ) {
            if let Some(order) = order(&dependencies) {
                let place = |part: usize| order.iter().position(|at| *at == part).unwrap();
                prop_assert_eq!(order.len(), dependencies.len());
                for (part, needed) in dependencies.iter().enumerate() {
                    prop_assert!(needed.iter().all(|needed| place(*needed) < place(part)));
                }
            }
        }
    }
}
