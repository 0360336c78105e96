//! Options and results in the form in which Python has them.

use numpy::{Complex64, PyArray1, PyArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::fmt::Display;
use svdforge_hdl::parameters::{CoreOption, OPTIONS, OptionMap, ParameterError, Parameters};
use svdforge_testbench::arrays::{Array, Elements, Group};

/// The names and help texts of all options of a core, in the order of the table.
#[pyfunction]
pub fn options() -> Vec<(String, &'static str)> {
    OPTIONS.iter().map(|option| (option.key(), option.help)).collect()
}

/// A `ValueError` with the message of an error.
pub fn value_error(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// The parameters that keyword arguments describe. `None` leaves an option to the program.
pub fn parameters(given: Option<&Bound<'_, PyDict>>) -> PyResult<Parameters> {
    let mut texts = OptionMap::<String>::default();
    for (name, value) in given.into_iter().flat_map(|given| given.iter()) {
        let name: String = name.extract()?;
        let option = CoreOption::named(&name).ok_or_else(|| unknown(&name))?;
        if !value.is_none() {
            texts.0.insert(option.name, text(&value)?);
        }
    }
    texts.parameters::<ParameterError>(|option, text| option.parse(text).map(Some)).map_err(value_error)
}

fn unknown(name: &str) -> PyErr {
    let known: Vec<String> = OPTIONS.iter().map(CoreOption::key).collect();
    PyTypeError::new_err(format!("a core has no option `{name}`; its options are {}", known.join(", ")))
}

/// A value as the command line spells it.
fn text(value: &Bound<'_, PyAny>) -> PyResult<String> {
    if value.is_instance_of::<PyString>() {
        return value.extract();
    }
    let text = value.str()?.to_string();
    Ok(match text.as_str() {
        "True" => "true".to_owned(),
        "False" => "false".to_owned(),
        _ => text,
    })
}

/// Puts arrays into a dictionary: those of the result by their names, and the others in a dictionary for each group.
pub fn to_python(py: Python<'_>, arrays: Vec<Array>) -> PyResult<Bound<'_, PyDict>> {
    let found = PyDict::new(py);
    for Array { group, name, dimensions, elements } in arrays {
        let array = match elements {
            Elements::Real(values) => PyArray1::from_vec(py, values).reshape(dimensions)?.into_any(),
            Elements::Complex(parts) => {
                let values = parts.chunks_exact(2).map(|part| Complex64::new(part[0], part[1])).collect();
                PyArray1::from_vec(py, values).reshape(dimensions)?.into_any()
            }
            Elements::Integers(values) => PyArray1::from_vec(py, values).reshape(dimensions)?.into_any(),
            Elements::Flags(values) => PyArray1::from_vec(py, values).reshape(dimensions)?.into_any(),
        };
        if group == Group::Result {
            found.set_item(name, array)?;
            continue;
        }
        match found.get_item(group.name())? {
            Some(there) => there.set_item(name, array)?,
            None => {
                let new = PyDict::new(py);
                new.set_item(name, array)?;
                found.set_item(group.name(), new)?;
            }
        }
    }
    Ok(found)
}
