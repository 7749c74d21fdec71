package wire

import (
	"hash/maphash"
	"unicode/utf8"
)

// lastText keeps the text that came last. Most connections see one tenant.
type lastText struct{ text string }

// get is the text of b, without an allocation when it is the one that came last.
// It is false when b is not UTF-8.
func (l *lastText) get(b []byte) (string, bool) {
	if l.text == string(b) {
		return l.text, true
	}
	if !utf8.Valid(b) {
		return "", false
	}
	l.text = string(b)
	return l.text, true
}

// textSlots is how many channels a connection remembers; a power of two.
const textSlots = 1024

// textTable keeps one text for each hash slot: a bounded memory of the channels
// that come again and again. A channel that is not in it costs one allocation.
type textTable struct {
	seed  maphash.Seed
	slots []string
}

func newTextTable() textTable {
	return textTable{seed: maphash.MakeSeed(), slots: make([]string, textSlots)}
}

// get is the text of b, without an allocation when the table has it. It is false
// when b is not UTF-8.
func (t *textTable) get(b []byte) (string, bool) {
	slot := &t.slots[maphash.Bytes(t.seed, b)%textSlots]
	if *slot == string(b) {
		return *slot, true
	}
	if !utf8.Valid(b) {
		return "", false
	}
	*slot = string(b)
	return *slot, true
}
