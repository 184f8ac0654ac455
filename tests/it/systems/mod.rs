//! Instruments of the systems that the sources name, from a file of answers to published figures.

mod shares;
