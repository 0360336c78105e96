//! A folder of numpy arrays, one for each part of the results.

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use svdforge_files::{Outputs, check_inputs_stay, check_results};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::arrays::{Array, ResultArrays};
use svdforge_testbench::framing::Quantised;
use svdforge_testbench::stimulus::Trace;

/// The arrays that not every core delivers. Those of an earlier run are removed, so that all arrays in the folder are
/// of one run.
const NOT_OF_EVERY_CORE: [&str; 10] = [
    "sigma.npy",
    "eigenvalues.npy",
    "u.npy",
    "v.npy",
    "vectors.npy",
    "raw_sigma.npy",
    "raw_eigenvalues.npy",
    "raw_u.npy",
    "raw_v.npy",
    "raw_vectors.npy",
];

/// Arrays that are written into a folder when all results are there.
pub struct ArrayFolder {
    path: PathBuf,
    arrays: ResultArrays,
}

impl ArrayFolder {
    /// No results yet, of matrices of these sizes (rows, columns). It is an error if they differ, if the path is that
    /// of a file, or if the folder has arrays of these names that svdforge did not write or that are among the
    /// `inputs`.
    pub fn new<'a>(
        path: &Path,
        shape: &Shape,
        sizes: &[(usize, usize)],
        inputs: impl Iterator<Item = &'a Path>,
    ) -> Result<Self> {
        let size = sizes.first().copied().unwrap_or((shape.rows(), shape.cols()));
        if let Some(other) = sizes.iter().find(|&&other| other != size) {
            bail!(
                "--npy {}: the matrices are {} x {} and {} x {}, which do not fit one array; run each size by itself",
                path.display(),
                size.0,
                size.1,
                other.0,
                other.1
            );
        }
        let names: Vec<String> = ResultArrays::new(shape, size).finish().iter().map(Array::file_name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).chain(NOT_OF_EVERY_CORE).collect();
        check_inputs_stay(inputs, names.iter().map(|name| path.join(name)))?;
        check_results(path, &names)?;
        Ok(Self { path: path.to_owned(), arrays: ResultArrays::new(shape, size) })
    }

    /// Adds the result of a matrix.
    pub fn push(&mut self, input: &Quantised, trace: &Trace) -> Result<()> {
        Ok(self.arrays.push(input, trace)?)
    }

    /// Adds all arrays to the files of the command.
    pub fn write(self, outputs: &mut Outputs) -> Result<()> {
        let files: Vec<(String, Vec<u8>)> =
            self.arrays.finish().iter().map(|array| (array.file_name(), array.npy())).collect();
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        let is_new = |name: &str| files.iter().any(|(new, _)| *new == name);
        let obsolete: Vec<&str> = NOT_OF_EVERY_CORE.into_iter().filter(|name| !is_new(name)).collect();
        Ok(outputs.results(&self.path, &files, &obsolete)?)
    }
}
