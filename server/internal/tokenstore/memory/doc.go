// Package memory is a token store that forgets everything when the process ends.
package memory
