//! Columns of text by the numbers of their values, so that no text is looked at twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type};

use crate::error::{Error, Result};
use crate::names::Names;

/// Texts that all workers number alike.
#[derive(Default)]
pub struct Shared(Mutex<Names>);

impl Shared {
    fn number(&self, text: &str) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).number(text)
    }

    /// Returns the texts themselves.
    pub fn into_names(self) -> Names {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A column of text, however it came.
pub enum Text {
    /// A text in each row.
    Plain(StringArray),
    /// The number of a text in each row, and the texts.
    Coded(Int32Array, StringArray),
}

impl Text {
    /// Returns a column as text; `name` is for the error.
    pub fn new(column: &ArrayRef, name: &str) -> Result<Self> {
        if let Some(texts) = column.as_string_opt::<i32>() {
            return Ok(Text::Plain(texts.clone()));
        }
        if let Some(coded) = column.as_dictionary_opt::<Int32Type>()
            && let Some(texts) = coded.values().as_string_opt::<i32>()
        {
            return Ok(Text::Coded(coded.keys().clone(), texts.clone()));
        }
        let plain = match column.data_type() {
            DataType::Dictionary(_, of) if of.is_string() => {
                DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into())
            }
            of if of.is_string() || *of == DataType::Null => DataType::Utf8,
            _ => return Err(Error::Broken(format!("the column `{name}` is not text"))),
        };
        Text::new(&cast(column, &plain).map_err(Error::query(name))?, name)
    }

    /// Fills `values` with `of` each row's text: `none` where there is none. A text that rows of a dictionary share is asked for once.
    pub fn each<T: Copy>(&self, none: T, values: &mut Vec<T>, mut of: impl FnMut(&str) -> T) {
        values.clear();
        match self {
            Text::Plain(texts) => {
                let mut last: Option<(&str, T)> = None;
                values.extend(texts.iter().map(|text| match (text, last) {
                    (None, _) => none,
                    (Some(text), Some((known, value))) if text == known => value,
                    (Some(text), _) => {
                        let value = of(text);
                        last = Some((text, value));
                        value
                    }
                }));
            }
            Text::Coded(keys, texts) => {
                let mut known: Vec<Option<T>> = vec![None; texts.len()];
                let mut value = |key: i32| match known.get_mut(key as usize) {
                    Some(Some(value)) => *value,
                    Some(unknown) if texts.is_valid(key as usize) => *unknown.insert(of(texts.value(key as usize))),
                    _ => none,
                };
                match keys.null_count() {
                    0 => values.extend(keys.values().iter().map(|key| value(*key))),
                    _ => values.extend(keys.iter().map(|key| key.map_or(none, &mut value))),
                }
            }
        }
    }
}

/// A worker's memory of a column's texts.
#[derive(Default)]
pub struct Numbers {
    known: HashMap<Arc<str>, u32>,
}

impl Numbers {
    /// Fills `numbers` with the number of each row's text; 0 where there is none, or an empty one.
    pub fn fill(&mut self, shared: &Shared, text: &Text, numbers: &mut Vec<u32>) {
        text.each(0, numbers, |text| match self.known.get(text) {
            Some(number) => *number,
            None => {
                let number = shared.number(text);
                self.known.insert(text.into(), number);
                number
            }
        });
    }
}
