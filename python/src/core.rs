//! A core in the simulator.

use crate::convert::{parameters, to_python, value_error};
use nalgebra::DMatrix;
use numpy::{Complex64, Element, PyReadonlyArray3, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::time::{Duration, Instant};
use svdforge_golden::NamedMatrix;
use svdforge_hdl::export::manifest::Summary;
use svdforge_testbench::arrays::ResultArrays;
use svdforge_testbench::framing::InputScale;
use svdforge_testbench::pool::SimulatorPool;
use svdforge_testbench::run::quantise_for;
use svdforge_testbench::scalar::Scalar;

/// How long a simulation goes on before Python can handle a signal, such as that of Ctrl-C.
const UNTIL_SIGNALS: Duration = Duration::from_millis(100);

/// A core, ready to run.
#[pyclass(frozen, module = "svdforge._native")]
pub struct Core {
    pool: SimulatorPool,
}

#[pymethods]
impl Core {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let shape = parameters(options)?.shape().map_err(value_error)?;
        let pool = py.detach(|| SimulatorPool::new(svdforge_hdl::core::Core::new(shape))).map_err(value_error)?;
        Ok(Self { pool })
    }

    /// The `core` object of every JSON document.
    fn summary(&self) -> PyResult<String> {
        serde_json::to_string(&Summary::new(self.pool.core())).map_err(value_error)
    }

    /// The error bounds of `core.json`.
    fn bounds(&self) -> PyResult<String> {
        serde_json::to_string(&self.pool.core().shape().budget().bounds()).map_err(value_error)
    }

    /// The sections of an output frame, as in `core.json`.
    fn sections(&self) -> PyResult<String> {
        serde_json::to_string(&self.pool.core().shape().interface().sections()).map_err(value_error)
    }

    /// The command that generates the core.
    fn command(&self) -> String {
        Summary::new(self.pool.core()).command()
    }

    /// Runs a stack of matrices. `exponent` is the power of two by which they are divided; `None` finds it for each.
    /// `single` says that the caller has made the stack of one matrix, so that messages do not give its index.
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        stack: &Bound<'py, PyAny>,
        exponent: Option<i32>,
        single: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        if self.pool.core().shape().complex() {
            self.simulate_stack::<Complex64>(py, stack.extract()?, exponent, single)
        } else {
            self.simulate_stack::<f64>(py, stack.extract()?, exponent, single)
        }
    }
}

/// Matrices of one size, one after the other, each row by row.
struct Stack<T> {
    elements: Vec<T>,
    size: (usize, usize),
    scale: InputScale,
    single: bool,
}

impl Core {
    /// Runs a stack of matrices whose elements are of this kind.
    fn simulate_stack<'py, T: Scalar + Element>(
        &self,
        py: Python<'py>,
        stack: PyReadonlyArray3<'py, T>,
        exponent: Option<i32>,
        single: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        let &[count, rows, cols] = stack.shape() else {
            return Err(value_error("the array has not three dimensions"));
        };
        let elements = stack.as_slice().map_err(value_error)?.to_vec();
        let scale = exponent.map_or(InputScale::Auto, InputScale::Exponent);
        let stack = Stack { elements, size: (rows, cols), scale, single };
        let mut arrays = ResultArrays::new(self.pool.core().shape(), (rows, cols));
        let (mut start, mut length) = (0, 1);
        while start < count {
            let end = count.min(start + length);
            let begun = Instant::now();
            py.detach(|| self.run(&stack, start..end, &mut arrays)).map_err(value_error)?;
            py.check_signals()?;
            start = end;
            if begun.elapsed() < UNTIL_SIGNALS {
                length *= 2;
            }
        }
        to_python(py, arrays.finish())
    }

    /// Runs some matrices of a stack, and adds their results to `arrays`. An error is a message for the user.
    fn run<T: Scalar>(
        &self,
        stack: &Stack<T>,
        indices: std::ops::Range<usize>,
        arrays: &mut ResultArrays,
    ) -> Result<(), String> {
        let inputs = indices.map(|index| {
            let place = |separator| if stack.single { String::new() } else { format!("a[{index}]{separator}") };
            let matrix = stack.matrix(index).map_err(|message| format!("{}{message}", place(", ")))?;
            let named = NamedMatrix { name: String::new(), matrix };
            quantise_for(self.pool.core().shape(), &named, stack.scale).map_err(|e| format!("{}{e}", place(": ")))
        });
        let inputs = inputs.collect::<Result<Vec<_>, String>>()?;
        let traces = self.pool.run(&inputs).map_err(|error| error.to_string())?;
        let mut results = inputs.iter().zip(&traces);
        results.try_for_each(|(input, trace)| arrays.push(input, trace)).map_err(|error| error.to_string())
    }
}

impl<T: Scalar> Stack<T> {
    /// The matrix with this index. It is an error if one of its elements is not finite.
    fn matrix(&self, index: usize) -> Result<DMatrix<T>, String> {
        let (rows, cols) = self.size;
        let elements = &self.elements[index * rows * cols..][..rows * cols];
        match elements.iter().position(|element| !element.components().into_iter().all(f64::is_finite)) {
            None => Ok(DMatrix::from_row_slice(rows, cols, elements)),
            Some(at) => Err(format!(
                "row {}, column {}: the element is {}; give finite numbers only",
                at / cols + 1,
                at % cols + 1,
                elements[at]
            )),
        }
    }
}
