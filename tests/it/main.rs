//! Everything that needs more than one room: one program, so that DataFusion is linked once.

mod browser;
mod change;
mod cube;
mod declarations;
mod demo;
mod documents;
mod fair;
mod functions;
mod grid;
mod landing;
mod layers;
mod missing;
mod new;
mod pass;
mod people;
mod plan;
mod planted;
mod queries;
mod real;
mod reference;
mod report;
mod scores;
mod support;
mod survey_weights;
mod weights;
