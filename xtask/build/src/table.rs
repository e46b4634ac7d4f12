//! Takes out of the function table what nothing calls through it.
//!
//! The linker puts in each function whose address is taken anywhere. Most of these are taken only in wasm-bindgen's
//! descriptions of types, which wasm-bindgen removes; but the table stays, and with it all that is in it. To
//! tell a function's index from other numbers, the table is linked to begin at [`BASE`].

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use walrus::ir::{Const, Value, VisitorMut, dfs_pre_order_mut};
use walrus::{ConstExpr, ElementId, ElementItems, ElementKind, FunctionId, Module};
use xtask::TABLE_BASE as BASE;

/// Keeps the functions whose indices are left in the code or in the data, and numbers them from 1.
pub(crate) fn prune(module: &mut Module) -> Result<()> {
    let (element, functions) = functions(module)?;
    let mut kept: BTreeMap<i32, FunctionId> = (BASE..).zip(functions).collect();
    if !module.exports.iter().any(|export| export.name == POLL) {
        kept.retain(|_, function| !wakes_tasks(module, *function));
    }
    loop {
        let before = kept.len();
        let mut named = Vec::new();
        each_number(module, |number| {
            named.push(number);
            number
        });
        kept.retain(|index, _| named.contains(index));
        module.elements.get_mut(element).items =
            ElementItems::Functions(kept.values().copied().collect());
        if kept.len() == before {
            break;
        }
        // What only they called goes too, and with it perhaps the last mention of another.
        walrus::passes::gc::run(module);
    }

    let indices: BTreeMap<i32, i32> = kept.keys().copied().zip(1..).collect();
    each_number(module, |number| {
        indices.get(&number).copied().unwrap_or(number)
    });
    let table = module
        .tables
        .main_function_table()?
        .context("there is no function table")?;
    let size = 1 + u64::try_from(indices.len())?;
    let table = module.tables.get_mut(table);
    (table.initial, table.maximum) = (size, Some(size));
    if let ElementKind::Active { offset, .. } = &mut module.elements.get_mut(element).kind {
        *offset = ConstExpr::Value(Value::I32(1));
    }
    Ok(())
}

/// Through which js-sys polls its tasks. wasm-bindgen takes it out of a module that has none.
const POLL: &str = "__wbg_jspi_task_poll";

/// Whether only what [`POLL`] calls can have named it. The list of these stands in the data then, where nothing looks for it.
fn wakes_tasks(module: &Module, function: FunctionId) -> bool {
    let name = module.funcs.get(function).name.as_deref();
    name.is_some_and(|name| name.contains("jspi::task_waker"))
}

/// The one segment of the table, and what is in it.
fn functions(module: &Module) -> Result<(ElementId, Vec<FunctionId>)> {
    let mut elements = module.elements.iter();
    let (Some(element), None) = (elements.next(), elements.next()) else {
        bail!("the function table is not filled by one segment");
    };
    match (&element.kind, &element.items) {
        (
            ElementKind::Active {
                offset: ConstExpr::Value(Value::I32(BASE)),
                ..
            },
            ElementItems::Functions(functions),
        ) => Ok((element.id(), functions.clone())),
        _ => bail!("the function table does not begin at {BASE}"),
    }
}

/// Replaces each number of the code, and each that stands in the data.
fn each_number(module: &mut Module, mut replace: impl FnMut(i32) -> i32) {
    for (_, function) in module.funcs.iter_local_mut() {
        let entry = function.entry_block();
        dfs_pre_order_mut(&mut Constants(&mut replace), function, entry);
    }
    let segments: Vec<_> = module.data.iter().map(|segment| segment.id()).collect();
    for segment in segments {
        let bytes = &mut module.data.get_mut(segment).value;
        for start in 0..bytes.len() {
            let place = bytes.get_mut(start..start + size_of::<i32>());
            let Some(place) = place else { break };
            let Ok(number) = <[u8; 4]>::try_from(&*place) else {
                break;
            };
            place.copy_from_slice(&replace(i32::from_le_bytes(number)).to_le_bytes());
        }
    }
}

struct Constants<'a, F>(&'a mut F);

impl<F: FnMut(i32) -> i32> VisitorMut for Constants<'_, F> {
    fn visit_const_mut(&mut self, constant: &mut Const) {
        if let Value::I32(number) = &mut constant.value {
            *number = (self.0)(*number);
        }
    }
}
