package h2

import "golang.org/x/net/http2/hpack"

// Request is what begins a stream.
type Request struct {
	// Fields are the headers in their order, those of HTTP/2 (":path") first.
	Fields []hpack.HeaderField
	// Truncated says that the headers were longer than allowed; Fields are the first
	// of them.
	Truncated bool
}

// Get is the first value of a header; empty: there is none.
func (r *Request) Get(name string) string {
	for _, f := range r.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Values are all values of a header.
func (r *Request) Values(name string) []string {
	var values []string
	for _, f := range r.Fields {
		if f.Name == name {
			values = append(values, f.Value)
		}
	}
	return values
}

// AppendField appends a header to a block, so that reading it changes nothing in
// the reader's table (RFC 7541, 6.2.2): blocks made of such fields can be sent in
// any order, and prepared once. The name is in lower case.
func AppendField(block []byte, name, value string) []byte {
	block = append(block, 0)
	block = appendText(block, name)
	return appendText(block, value)
}

func appendText(block []byte, text string) []byte {
	const prefix = 1<<7 - 1 // a length below it fits the first byte
	if len(text) < prefix {
		block = append(block, byte(len(text)))
	} else {
		block = append(block, prefix)
		rest := len(text) - prefix
		for ; rest >= 1<<7; rest >>= 7 {
			block = append(block, byte(rest)|1<<7)
		}
		block = append(block, byte(rest))
	}
	return append(block, text...)
}
