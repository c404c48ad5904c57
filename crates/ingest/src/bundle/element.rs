use crate::error::Defect;

/// Type of the elements of a NumPy array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    kind: Kind,
    bytes: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Signed,
    Unsigned,
    Float,
    Object,
}

impl Element {
    /// Reads a NumPy type string such as `<f8`, `>i4`, `|u1` or `|O`.
    pub(crate) fn parse(text: &str) -> Result<Self, Defect> {
        let unusable = || {
            let text: String = text.chars().take(20).collect();
            Defect::new(format!("its elements are `{text}`; integers, floats or objects are expected"))
        };
        let big_endian = text.starts_with('>');
        let code = text.trim_start_matches(['<', '>', '|', '=']);
        if matches!(code, "O" | "O8" | "O4") {
            return Ok(Self { kind: Kind::Object, bytes: 0, big_endian });
        }
        let kind = match code.chars().next() {
            Some('i') => Kind::Signed,
            Some('u') => Kind::Unsigned,
            Some('f') => Kind::Float,
            _ => return Err(unusable()),
        };
        let bytes = match (kind, &code[1..]) {
            (Kind::Signed | Kind::Unsigned, "1") => 1,
            (Kind::Signed | Kind::Unsigned, "2") => 2,
            (_, "4") => 4,
            (_, "8") => 8,
            _ => return Err(unusable()),
        };
        Ok(Self { kind, bytes, big_endian })
    }

    /// Whether elements are Python objects, kept as a pickle.
    pub(crate) fn is_object(self) -> bool {
        self.kind == Kind::Object
    }

    /// Bytes of one element.
    pub(crate) fn bytes(self) -> usize {
        self.bytes
    }

    /// Decodes integers; other types are an error, and so is what i64 cannot hold.
    pub(crate) fn integers(self, data: &[u8]) -> Result<Vec<i64>, Defect> {
        if !matches!(self.kind, Kind::Signed | Kind::Unsigned) {
            return Err(Defect::new("its elements are not integers, as ids must be"));
        }
        let decode = |element: &[u8]| {
            i64::try_from(self.integer(element))
                .map_err(|_| Defect::new("it holds an integer beyond the range of i64"))
        };
        data.chunks_exact(self.bytes).map(decode).collect()
    }

    /// Decodes numbers of any type as f64.
    pub(crate) fn floats(self, data: &[u8]) -> Result<Vec<f64>, Defect> {
        match self.kind {
            Kind::Object => Err(Defect::new("it holds objects where numbers are expected")),
            Kind::Float => Ok(data.chunks_exact(self.bytes).map(|element| self.float(element)).collect()),
            Kind::Signed | Kind::Unsigned => {
                Ok(data.chunks_exact(self.bytes).map(|element| self.integer(element) as f64).collect())
            }
        }
    }

    fn integer(self, element: &[u8]) -> i128 {
        let negative = self.kind == Kind::Signed && {
            let highest = if self.big_endian { element.first() } else { element.last() };
            highest.is_some_and(|byte| byte & 0x80 != 0)
        };
        let magnitude = self.bits(element);
        if negative { i128::from(magnitude) - (1_i128 << (8 * self.bytes)) } else { i128::from(magnitude) }
    }

    fn float(self, element: &[u8]) -> f64 {
        let bits = self.bits(element);
        if self.bytes == 8 { f64::from_bits(bits) } else { f64::from(f32::from_bits(bits as u32)) }
    }

    fn bits(self, element: &[u8]) -> u64 {
        let gather = |bits: u64, byte: &u8| (bits << 8) | u64::from(*byte);
        if self.big_endian { element.iter().fold(0, gather) } else { element.iter().rev().fold(0, gather) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_either_byte_order_and_any_width_decode_alike() {
        let decode = |text: &str, data: &[u8]| Element::parse(text).unwrap().integers(data).unwrap();
        assert_eq!(decode("<i8", &(-5_i64).to_le_bytes()), [-5]);
        assert_eq!(decode(">i8", &i64::MIN.to_be_bytes()), [i64::MIN]);
        assert_eq!(decode(">i4", &(-70_000_i32).to_be_bytes()), [-70_000]);
        assert_eq!(decode("<u2", &65_535_u16.to_le_bytes()), [65_535]);
        assert_eq!(decode("|i1", &[0xff, 1]), [-1, 1]);
        let too_large = Element::parse("<u8").unwrap().integers(&u64::MAX.to_le_bytes());
        assert!(too_large.is_err());
    }

    #[test]
    fn floats_of_either_byte_order_decode_exactly() {
        let decode = |text: &str, data: &[u8]| Element::parse(text).unwrap().floats(data).unwrap();
        assert_eq!(decode("<f8", &0.1_f64.to_le_bytes()), [0.1]);
        assert_eq!(decode(">f8", &(-1e-300_f64).to_be_bytes()), [-1e-300]);
        assert_eq!(decode(">f4", &0.5_f32.to_be_bytes()), [0.5]);
        assert!(Element::parse("<c16").is_err());
        assert!(Element::parse("").is_err());
    }
}
