//go:build wasip1

package main

import "unsafe"

// Requests and responses stay referenced here while the host reads or writes them.
var (
	requestBuffer  []byte
	responseBuffer []byte
	program        = newProgram()
)

// exportAllocate returns the address of a buffer for a request of that many bytes. It is valid until the next call of handle.
//
//go:wasmexport allocate
func exportAllocate(size uint32) uint32 {
	requestBuffer = make([]byte, size)
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(requestBuffer))))
}

// exportHandle answers the request in the buffer and returns the length of the response.
//
//go:wasmexport handle
func exportHandle() uint32 {
	request := requestBuffer
	requestBuffer = nil
	responseBuffer = program.answer(request)
	return uint32(len(responseBuffer))
}

// exportResponse returns the address of the last response. It is valid until the next call of handle.
//
//go:wasmexport response
func exportResponse() uint32 {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(responseBuffer))))
}
