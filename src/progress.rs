//! How long work says how far it has come.

/// Called as work goes on, with what is being done, how much is done and how much there is (0 where that is not known).
pub type Progress<'a> = &'a mut (dyn FnMut(&str, u64, u64) + Send);
