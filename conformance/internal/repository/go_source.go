package repository

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
)

// goSource is one parsed hand-written Go file.
type goSource struct {
	File
	syntax    *ast.File
	positions *token.FileSet
}

func goSources(tree fs.FS) ([]goSource, error) {
	files, err := HandWritten(tree)
	if err != nil {
		return nil, err
	}
	positions := token.NewFileSet()
	var sources []goSource
	for _, file := range files {
		if !file.IsGo() {
			continue
		}
		syntax, err := parser.ParseFile(positions, file.Path, file.Text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		sources = append(sources, goSource{File: file, syntax: syntax, positions: positions})
	}
	return sources, nil
}

// folder is the folder of the file; "." for the root.
func (s goSource) folder() string { return path.Dir(s.Path) }

func (s goSource) line(pos token.Pos) int { return s.positions.Position(pos).Line }

// imported lists the import paths with their lines.
func (s goSource) imported() map[string]int {
	paths := make(map[string]int, len(s.syntax.Imports))
	for _, spec := range s.syntax.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths[name] = s.line(spec.Pos())
		}
	}
	return paths
}

// localName is the name under which the file uses a package; "" if it does not
// import it.
func (s goSource) localName(importPath string) string {
	for _, spec := range s.syntax.Imports {
		if spec.Path.Value != strconv.Quote(importPath) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(importPath)
	}
	return ""
}
