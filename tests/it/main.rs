//! Everything that needs more than one room: one program, so that DataFusion is linked once.

mod browser;
mod change;
mod declarations;
mod demo;
mod documents;
mod functions;
mod landing;
mod layers;
mod new;
mod planted;
mod queries;
mod real;
mod reference;
mod report;
mod scores;
mod support;
