package llps

// added is how many bytes a byte needs in a JSON string beyond itself.
var added = func() (table [256]uint8) {
	for c := range 0x20 {
		table[c] = 5 // \u00XX
	}
	for _, c := range "\"\\\b\f\n\r\t" {
		table[c] = 1
	}
	return table
}()

// quotedSize is how many bytes appendQuoted appends.
func quotedSize[T string | []byte](text T) int {
	size := len(text) + 2
	for i := range len(text) {
		size += int(added[text[i]])
	}
	return size
}

// appendQuoted appends text, which must be UTF-8, as a JSON string.
func appendQuoted[T string | []byte](b []byte, text T) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(text) {
		if c := text[i]; added[c] > 0 {
			b = appendEscaped(append(b, text[start:i]...), c)
			start = i + 1
		}
	}
	return append(append(b, text[start:]...), '"')
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	default:
		const digits = "0123456789abcdef"
		return append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
	}
}
