// Package bolt is the embedded token store: one bbolt file in the server's data
// directory.
//
// A change is on the disk (fdatasync) before the call that made it returns.
// Changes that are asked for while the disk is busy share the next write. One
// process at a time holds the directory.
//
// What the file holds, keys in byte order, numbers big-endian:
//
//	meta      "format" -> the format of the file, "1"
//	          "count" -> how many records there are (8 bytes)
//	tokens    id -> number of the write (8 bytes), the record as versioned JSON
//	creators  length of created_by (uvarint), created_by, id -> nothing
//	ends      EndsAt (8 bytes seconds, 4 bytes nanoseconds), id -> nothing
package bolt
