// Package tokenstore says what a store of access tokens does. The packages below
// it are the stores; storetest holds the contract that each of them is tested
// against.
package tokenstore
