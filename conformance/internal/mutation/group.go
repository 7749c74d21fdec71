package mutation

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// faultVariable is the environment variable that says which fault of a group is on.
// Only the text made here reads it.
const faultVariable = "CONFORMANCE_FAULT"

// switchFile is put beside the files of a group.
const switchFile = "conformance_fault.go"

func switchText(name string) string {
	return "package " + name + "\n\nimport \"os\"\n\nvar conformanceFault = os.Getenv(\"" + faultVariable + "\")\n"
}

// errOutsideFunctions is why a fault needs a build of its own.
var errOutsideFunctions = errors.New("it changes what is no function, or one with a parameter that has no name")

// function is one function of a file.
type function struct {
	declaration *ast.FuncDecl
	from, to    int // in the text
}

// goText is the text of a Go file with its functions, by receiver and name.
type goText struct {
	text      []byte
	pkg       string
	functions map[string]function
	order     []string
	// rest is everything outside of functions.
	rest string
}

func parseText(name string, text []byte) (*goText, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	g := &goText{text: text, pkg: file.Name.Name, functions: map[string]function{}}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	var rest strings.Builder
	last := 0
	for _, declaration := range file.Decls {
		f, is := declaration.(*ast.FuncDecl)
		if !is || f.Body == nil {
			continue
		}
		found := function{f, offset(f.Pos()), offset(f.End())}
		key := f.Name.Name
		if f.Recv != nil {
			key = string(text[offset(f.Recv.Pos()):offset(f.Recv.End())]) + key
		}
		g.functions[key], g.order = found, append(g.order, key)
		rest.Write(text[last:found.from])
		rest.WriteString(key)
		last = found.to
	}
	rest.Write(text[last:])
	g.rest = rest.String()
	return g, nil
}

// group puts several faults of one file into it: a function that one of them changes
// begins with a question which fault is on, and the changed one stands beside it. It
// is the text of the file after the faults before; sound is that without any.
func (m *Mutation) group(number int, sound, text []byte) ([]byte, error) {
	mutated, err := m.Apply(sound)
	if err != nil {
		return nil, err
	}
	before, err := parseText(m.File, sound)
	if err != nil {
		return nil, err
	}
	after, err := parseText(m.File, mutated)
	if err != nil {
		return nil, err
	}
	if before.rest != after.rest {
		return nil, errOutsideFunctions
	}
	for _, key := range before.order {
		if bytes.Equal(before.of(key), after.of(key)) {
			continue
		}
		if text, err = ask(text, key, number); err != nil {
			return nil, err
		}
		text = append(text, after.beside(key, number)...)
	}
	return text, nil
}

// of is the text of a function.
func (g *goText) of(key string) []byte {
	f := g.functions[key]
	return g.text[f.from:f.to]
}

// beside is a function under another name.
func (g *goText) beside(key string, number int) []byte {
	f := g.functions[key]
	name := f.from + int(f.declaration.Name.End()-f.declaration.Pos())
	return fmt.Appendf(nil, "\n%s%s%s\n", g.text[f.from:name], suffix(number), g.text[name:f.to])
}

func suffix(number int) string { return fmt.Sprintf("WithFault%d", number) }

// ask makes a function begin with the question.
func ask(text []byte, key string, number int) ([]byte, error) {
	g, err := parseText("", text)
	if err != nil {
		return nil, err
	}
	f := g.functions[key]
	call, err := callOf(f.declaration, number)
	if err != nil {
		return nil, err
	}
	body := f.from + int(f.declaration.Body.Lbrace-f.declaration.Pos()) + 1
	question := fmt.Sprintf(" if conformanceFault == \"%d\" { %s };", number, call)
	return bytes.Join([][]byte{text[:body], text[body:]}, []byte(question)), nil
}

// callOf calls the changed function with what the sound one was called with.
func callOf(f *ast.FuncDecl, number int) (string, error) {
	call := f.Name.Name + suffix(number)
	if f.Recv != nil {
		receiver, err := names(f.Recv, false)
		if err != nil || len(receiver) != 1 {
			return "", errOutsideFunctions
		}
		call = receiver[0] + "." + call
	}
	if f.Type.TypeParams != nil {
		types, err := names(f.Type.TypeParams, false)
		if err != nil {
			return "", err
		}
		call += "[" + strings.Join(types, ", ") + "]"
	}
	arguments, err := names(f.Type.Params, true)
	if err != nil {
		return "", err
	}
	call += "(" + strings.Join(arguments, ", ") + ")"
	if f.Type.Results != nil {
		return "return " + call, nil
	}
	return call + "; return", nil
}

// names are those of parameters, as arguments.
func names(fields *ast.FieldList, arguments bool) (list []string, err error) {
	for _, field := range fields.List {
		if len(field.Names) == 0 {
			return nil, errOutsideFunctions
		}
		for _, name := range field.Names {
			if name.Name == "_" {
				return nil, errOutsideFunctions
			}
			text := name.Name
			if _, variadic := field.Type.(*ast.Ellipsis); variadic && arguments {
				text += "..."
			}
			list = append(list, text)
		}
	}
	return list, nil
}
