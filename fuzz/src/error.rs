mod defect;

pub(crate) use defect::Defect;
