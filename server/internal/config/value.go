package config

import "strings"

// Value parses the texts of a setting into a Go variable and shows what stands
// there. Values are not safe for concurrent use.
type Value interface {
	// Set replaces the variable by what the texts say; the first text that is
	// not accepted comes back in a *rejection and nothing is changed. A value
	// that is no list gets exactly one text.
	Set(texts []string) error
	// Texts is the variable in the form that Set reads, one text an element.
	Texts() []string
	// Plain is the variable as YAML and JSON show it: bool, int64, string or
	// []string.
	Plain() any
	// Kind names the type for people: "duration", "size", …
	Kind() string
	// Accepts says what Set takes.
	Accepts() string
	// List says whether there may be several texts.
	List() bool
	// Words is all texts that Set takes; nil: they cannot be listed.
	Words() []string
}

// rejection is a text that a value does not accept.
type rejection struct{ text string }

func (r *rejection) Error() string { return "not accepted: " + r.text }

// scalar is a Value of one element.
type scalar[T any] struct {
	target        *T
	kind, accepts string
	parse         func(string) (T, bool)
	format        func(T) string
	plain         func(T) any
	words         []string
}

func (v *scalar[T]) Set(texts []string) error {
	text := texts[len(texts)-1]
	parsed, ok := v.parse(text)
	if !ok {
		return &rejection{text}
	}
	*v.target = parsed
	return nil
}

func (v *scalar[T]) Texts() []string { return []string{v.format(*v.target)} }
func (v *scalar[T]) Kind() string    { return v.kind }
func (v *scalar[T]) Accepts() string { return v.accepts }
func (v *scalar[T]) List() bool      { return false }
func (v *scalar[T]) Words() []string { return v.words }

func (v *scalar[T]) Plain() any {
	if v.plain != nil {
		return v.plain(*v.target)
	}
	return v.format(*v.target)
}

// list is a Value of any number of elements.
type list[T any] struct {
	target        *[]T
	kind, accepts string
	parse         func(string) (T, bool)
	format        func(T) string
}

func (v *list[T]) Set(texts []string) error {
	parsed := make([]T, 0, len(texts))
	for _, text := range texts {
		element, ok := v.parse(text)
		if !ok {
			return &rejection{text}
		}
		parsed = append(parsed, element)
	}
	*v.target = parsed
	return nil
}

func (v *list[T]) Texts() []string {
	texts := make([]string, len(*v.target))
	for i, element := range *v.target {
		texts[i] = v.format(element)
	}
	return texts
}

func (v *list[T]) Plain() any      { return v.Texts() }
func (v *list[T]) Kind() string    { return v.kind }
func (v *list[T]) Accepts() string { return v.accepts }
func (v *list[T]) List() bool      { return true }
func (v *list[T]) Words() []string { return nil }

// splitList splits the text of a variable at its commas. Blanks around an
// element do not count, and empty elements are left out.
func splitList(text string) []string {
	elements := []string{}
	for element := range strings.SplitSeq(text, ",") {
		if element = strings.TrimSpace(element); element != "" {
			elements = append(elements, element)
		}
	}
	return elements
}
