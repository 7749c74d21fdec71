package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// file is the keys of a YAML file: one flat mapping from names of settings to
// scalars or lists of scalars.
type file struct {
	path    string
	entries map[string]entry
	order   []string
}

type entry struct {
	line  int
	texts []string
	list  bool
}

// readFile reads the file at path. Its errors name the line, and quote nothing
// from the file but keys.
func readFile(path string) (*file, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(err)
	}
	tree, err := parser.ParseBytes(content, 0)
	if err != nil {
		return nil, syntaxFault(path, err)
	}
	read := &file{path: path, entries: map[string]entry{}}
	for i, document := range tree.Docs {
		if i > 0 {
			return nil, fmt.Errorf("%s: holds more than one YAML document; write one", path)
		}
		if err := read.document(document); err != nil {
			return nil, err
		}
	}
	return read, nil
}

// unreadable is why a file cannot be read, without its path.
func unreadable(err error) error {
	var fault *fs.PathError
	if errors.As(err, &fault) {
		return fault.Err
	}
	return err
}

func syntaxFault(path string, err error) error {
	var fault yaml.Error
	if errors.As(err, &fault) && fault.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", path, fault.GetToken().Position.Line, fault.GetMessage())
	}
	return fmt.Errorf("%s: is not YAML", path)
}

func (f *file) document(document *ast.DocumentNode) error {
	switch body := document.Body.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return nil
	case *ast.MappingNode:
		for _, value := range body.Values {
			if err := f.add(value); err != nil {
				return err
			}
		}
		return nil
	default:
		return fmt.Errorf("%s:%d: is not a mapping; write one \"setting: value\" a line", f.path, lineOf(body))
	}
}

func (f *file) add(value *ast.MappingValueNode) error {
	line := lineOf(value.Key)
	key, plain := scalarText(value.Key)
	if !plain {
		return fmt.Errorf("%s:%d: the key is not a plain word", f.path, line)
	}
	texts, isList, ok := elements(value.Value)
	if !ok {
		return fmt.Errorf("%s:%d: %s: is neither a plain value nor a list of plain values", f.path, line, key)
	}
	f.entries[key] = entry{line: line, texts: texts, list: isList}
	f.order = append(f.order, key)
	return nil
}

// elements is the texts of a scalar or of a list of scalars, as written.
func elements(node ast.Node) (texts []string, isList, ok bool) {
	sequence, isList := node.(*ast.SequenceNode)
	if !isList {
		text, ok := scalarText(node)
		return []string{text}, false, ok
	}
	texts = make([]string, 0, len(sequence.Values))
	for _, value := range sequence.Values {
		text, ok := scalarText(value)
		if !ok {
			return nil, true, false
		}
		texts = append(texts, text)
	}
	return texts, true, true
}

func scalarText(node ast.Node) (string, bool) {
	switch scalar := node.(type) {
	case *ast.StringNode:
		return scalar.Value, true
	case *ast.LiteralNode:
		return scalar.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return scalar.GetToken().Value, true
	default:
		return "", false
	}
}

func lineOf(node ast.Node) int { return node.GetToken().Position.Line }

func (f *file) source(key string) Source {
	return Source{Layer: LayerFile, Name: f.path, Line: f.entries[key].line}
}

// unknown are the keys that no setting of any command has, in the file's order.
func (f *file) unknown(settings []string) []error {
	keys := slices.DeleteFunc(slices.Clone(settings), func(name string) bool { return name == FileSetting })
	var faults []error
	for _, key := range f.order {
		if !slices.Contains(keys, key) {
			faults = append(faults, &UnknownError{
				Kind: "key", Name: key, Source: f.source(key), Suggestion: Nearest(key, keys),
			})
		}
	}
	return faults
}
