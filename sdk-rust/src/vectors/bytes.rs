use serde::Deserialize;

/// Bytes that are written as parts.
#[derive(Debug, Deserialize)]
pub(crate) struct Bytes(Vec<Part>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    hex: String,
    #[serde(default = "once")]
    times: usize,
}

fn once() -> usize {
    1
}

impl Bytes {
    pub(crate) fn get(&self) -> bytes::Bytes {
        self.0.iter().flat_map(|part| part.bytes().repeat(part.times)).collect()
    }
}

impl Part {
    fn bytes(&self) -> Vec<u8> {
        let digits: Vec<u32> =
            self.hex.chars().filter(|digit| *digit != ' ').map(|digit| digit.to_digit(16).expect("a digit")).collect();
        let (pairs, rest) = digits.as_chunks::<2>();
        assert!(rest.is_empty(), "half a byte in {}", self.hex);
        pairs.iter().map(|[high, low]| u8::try_from(high << 4 | low).expect("a byte")).collect()
    }
}

/// A number of 64 bits, as a text.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Number(pub(crate) u64);

impl TryFrom<String> for Number {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl Number {
    pub(crate) fn all(numbers: &[Self]) -> Vec<u64> {
        numbers.iter().map(|number| number.0).collect()
    }
}
