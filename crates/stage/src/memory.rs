//! What a program says when memory runs out.

use std::{
    alloc::{GlobalAlloc, Layout},
    process, thread,
    time::Duration,
};

use crate::program::{first_to_tell, name};

/// An allocator that ends the program with one line and exit code 1 where the system has no more memory; without it Rust aborts
/// and leaves a core dump. What was finished is kept, as after any other crash.
#[derive(Debug)]
pub struct EndingAllocator<A>(pub A);

// SAFETY: every call is handed on as it came, so the guarantees are those of the allocator within; none returns null.
#[allow(unsafe_code)]
unsafe impl<A: GlobalAlloc> GlobalAlloc for EndingAllocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`.
        given(unsafe { self.0.alloc(layout) }, layout.size())
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        given(unsafe { self.0.alloc_zeroed(layout) }, layout.size())
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `realloc`, and every pointer came from the allocator within.
        given(unsafe { self.0.realloc(pointer, layout, size) }, size)
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and every pointer came from the allocator within.
        unsafe { self.0.dealloc(pointer, layout) }
    }
}

#[inline]
fn given(pointer: *mut u8, bytes: usize) -> *mut u8 {
    if pointer.is_null() {
        refused(bytes)
    }
    pointer
}

/// Allocates nothing.
#[cold]
fn refused(bytes: usize) -> ! {
    if first_to_tell() {
        eprintln!(
            "{}: memory ran out: the system refused {bytes} bytes; free memory, raise the limit (ulimit -v) or make the study \
             smaller, and the same command goes on",
            name()
        );
    } else {
        // Another thread is about to end the program.
        thread::sleep(Duration::from_secs(5));
    }
    process::exit(1)
}
