//! A linear model from examples: support vectors with squared hinge loss, by coordinate descent over the dual problem
//! (Hsieh and others, ICML 2008). The same examples always give the same weights.

/// One example: its features by compact number with their values, what it is, and how much an error on it costs.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) features: &'a [(u32, f32)],
    pub(super) is_positive: bool,
    pub(super) cost: f32,
}

/// Passes over the examples.
const PASSES: usize = 16;

/// Learns; gives the weights by feature and the constant part.
pub(super) fn learn(rows: &[Row<'_>], features: usize) -> (Vec<f32>, f32) {
    let mut weights = vec![0.0_f32; features];
    let mut bias = 0.0_f32;
    let mut alphas = vec![0.0_f32; rows.len()];
    let squares: Vec<f32> =
        rows.iter().map(|row| 1.0 + row.features.iter().map(|(_, value)| value * value).sum::<f32>()).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..PASSES {
        shuffle(&mut order, &mut state);
        for at in &order {
            let (Some(row), Some(alpha), Some(square)) = (rows.get(*at), alphas.get_mut(*at), squares.get(*at)) else { continue };
            let sign = if row.is_positive { 1.0 } else { -1.0 };
            let slack = 0.5 / row.cost;
            let margin = bias
                + row
                    .features
                    .iter()
                    .map(|(id, value)| weights.get(*id as usize).map_or(0.0, |weight| weight * value))
                    .sum::<f32>();
            let gradient = sign * margin - 1.0 + slack * *alpha;
            let next = (*alpha - gradient / (square + slack)).max(0.0);
            let step = (next - *alpha) * sign;
            *alpha = next;
            if step != 0.0 {
                bias += step;
                for (id, value) in row.features {
                    if let Some(weight) = weights.get_mut(*id as usize) {
                        *weight += step * value;
                    }
                }
            }
        }
    }
    (weights, bias)
}

/// How much more telling one feature may be than another, as a logarithm of odds.
const MOST_TELLING: f32 = 4.0;

/// Learns twice and gives the mean: from the features as they are, and from each made larger the more unevenly it is spread
/// over examples with and without the label (Wang and Manning, ACL 2012). The second learns from fewer, more telling
/// features, and errs in other places. `share` is its part in the mean.
pub(super) fn learn_twice(rows: &[Row<'_>], features: usize, share: f32) -> (Vec<f32>, f32) {
    let (mut weights, bias) = learn(rows, features);
    if share <= 0.0 {
        return (weights, bias);
    }
    let telling = telling(rows, features);
    let of = |id: u32| telling.get(id as usize).copied().unwrap_or_default();
    let scaled: Vec<Vec<(u32, f32)>> =
        rows.iter().map(|row| row.features.iter().map(|(id, value)| (*id, value * of(*id))).collect()).collect();
    let scaled_rows: Vec<Row> = rows.iter().zip(&scaled).map(|(row, features)| Row { features, ..*row }).collect();
    let (of_telling, other_bias) = learn(&scaled_rows, features);
    for (weight, (other, telling)) in weights.iter_mut().zip(of_telling.iter().zip(&telling)) {
        *weight = (1.0 - share) * *weight + share * other * telling;
    }
    (weights, (1.0 - share) * bias + share * other_bias)
}

/// How unevenly each feature is spread: the logarithm of the odds, without its sign; rare features count for little.
fn telling(rows: &[Row<'_>], features: usize) -> Vec<f32> {
    // One more of each kind than was seen, so that nothing is divided by nothing.
    let mut with = vec![1.0_f32; features];
    let mut without = with.clone();
    for row in rows {
        let counts = if row.is_positive { &mut with } else { &mut without };
        for (id, _) in row.features {
            if let Some(slot) = counts.get_mut(*id as usize) {
                *slot += 1.0;
            }
        }
    }
    let positives = count(rows.iter().filter(|row| row.is_positive).count()) + 1.0;
    let negatives = count(rows.len()) + 2.0 - positives;
    with.iter()
        .zip(&without)
        .map(|(with, without)| ((with / positives) / (without / negatives)).ln().abs().min(MOST_TELLING))
        .collect()
}

/// The margin of one example.
pub(super) fn margin(features: &[(u32, f32)], weights: &[f32], bias: f32) -> f32 {
    bias + features.iter().map(|(id, value)| weights.get(*id as usize).map_or(0.0, |weight| weight * value)).sum::<f32>()
}

fn shuffle(order: &mut [usize], state: &mut u64) {
    for at in (1..order.len()).rev() {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        let other = usize::try_from(*state % (at as u64 + 1)).unwrap_or_default();
        order.swap(at, other);
    }
}

/// A number of examples as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "there are thousands of examples, not billions")]
pub(super) fn count(examples: usize) -> f32 {
    examples as f32
}

/// A logistic model over a handful of values: how margins on held-out examples are made into odds.
pub(super) fn weigh(rows: &[([f32; 4], bool)]) -> [f32; 5] {
    const STEPS: u32 = 400;
    let mut weights = [0.0_f64; 5];
    let count = f64::from(count(rows.len().max(1)));
    for step in 0..STEPS {
        let mut gradient = [0.0_f64; 5];
        for (values, is_positive) in rows {
            let sum = weights[4] + values.iter().zip(&weights).map(|(value, weight)| f64::from(*value) * weight).sum::<f64>();
            let error = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(*is_positive));
            for (slot, value) in gradient.iter_mut().zip(values) {
                *slot += error * f64::from(*value);
            }
            gradient[4] += error;
        }
        let rate = 4.0 / (1.0 + f64::from(step) / 100.0);
        for (at, (weight, slot)) in weights.iter_mut().zip(gradient).enumerate() {
            // What speaks for a label never counts against it.
            let next = *weight - rate * slot / count;
            *weight = if at < 4 { next.max(0.0) } else { next };
        }
    }
    weights.map(narrowed)
}

#[expect(clippy::cast_possible_truncation, reason = "weights are small, and their last digits tell nothing")]
fn narrowed(weight: f64) -> f32 {
    weight as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feature 0 is in every example, feature 1 in those with the label alone.
    const WITH: &[(u32, f32)] = &[(0, 1.0), (1, 1.0)];
    const WITHOUT: &[(u32, f32)] = &[(0, 1.0)];

    fn rows() -> Vec<Row<'static>> {
        let row = |is_positive| Row { features: if is_positive { WITH } else { WITHOUT }, is_positive, cost: 1.0 };
        (0..20).map(|number| row(number % 2 == 0)).collect()
    }

    #[test]
    fn what_only_one_side_has_tells_more_than_what_both_have() {
        let telling = telling(&rows(), 2);
        assert!(telling[1] > telling[0]);
    }

    #[test]
    fn the_mean_of_both_learners_tells_the_sides_apart() {
        for share in [0.0, 0.4, 1.0] {
            let (weights, bias) = learn_twice(&rows(), 2, share);
            assert!(margin(WITH, &weights, bias) > 0.0 && margin(WITHOUT, &weights, bias) < 0.0, "{share}");
        }
    }
}
