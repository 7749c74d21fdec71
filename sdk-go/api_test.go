package fastpubsub_test

import (
	"bytes"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/printer"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// apiFile is the reviewed public surface. FASTPUBSUB_UPDATE_API=1 go test -run
// TestPublicSurface writes it anew.
const apiFile = "api.txt"

// The public surface changes only together with its reviewed text.
func TestPublicSurface(t *testing.T) {
	surface := publicSurface(t)
	if os.Getenv("FASTPUBSUB_UPDATE_API") != "" {
		require.NoError(t, os.WriteFile(apiFile, []byte(surface), 0o600))
	}
	reviewed, err := os.ReadFile(apiFile)
	require.NoError(t, err)
	assert.Equal(t, string(reviewed), surface, "the public surface has changed; review it and run: FASTPUBSUB_UPDATE_API=1 go test -run TestPublicSurface ./sdk-go")
}

// The surface stays small: about 20 types.
func TestPublicSurfaceIsSmall(t *testing.T) {
	pkg, _ := documentation(t)
	assert.LessOrEqual(t, len(pkg.Types), 24)
}

// Everything that is exported is documented.
func TestEverythingIsDocumented(t *testing.T) {
	pkg, _ := documentation(t)
	assert.NotEmpty(t, pkg.Doc)
	for _, typ := range pkg.Types {
		assert.NotEmpty(t, typ.Doc, typ.Name)
		for _, f := range append(typ.Funcs, typ.Methods...) {
			assert.NotEmpty(t, f.Doc, typ.Name+" "+f.Name)
		}
	}
	for _, f := range pkg.Funcs {
		assert.NotEmpty(t, f.Doc, f.Name)
	}
}

func documentation(t *testing.T) (*doc.Package, *gotoken.FileSet) {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	set := gotoken.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
			require.NoError(t, err)
			files = append(files, file)
		}
	}
	pkg, err := doc.NewFromFiles(set, files, "github.com/fastpubsub/fastpubsub/sdk-go")
	require.NoError(t, err)
	return pkg, set
}

// publicSurface is every exported declaration, without comments and bodies, in
// the order of their names.
func publicSurface(t *testing.T) string {
	t.Helper()
	pkg, set := documentation(t)
	var text bytes.Buffer
	show := func(node ast.Node) {
		ast.Inspect(node, removeComments)
		require.NoError(t, printer.Fprint(&text, set, node))
		text.WriteString("\n")
	}
	text.WriteString("package " + pkg.Name + "\n")
	values := func(groups []*doc.Value) {
		for _, group := range groups {
			text.WriteString("\n")
			show(group.Decl)
		}
	}
	functions := func(all []*doc.Func) {
		for _, f := range all {
			show(f.Decl)
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	functions(pkg.Funcs)
	for _, typ := range pkg.Types {
		text.WriteString("\n")
		show(typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		functions(typ.Funcs)
		functions(typ.Methods)
	}
	formatted, err := format.Source([]byte(betweenMembers.ReplaceAllString(text.String(), "\n\t")))
	require.NoError(t, err)
	return string(formatted)
}

// betweenMembers are the blank lines where comments have been.
var betweenMembers = regexp.MustCompile(`\n\n+\t`)

func removeComments(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.FuncDecl:
		n.Doc, n.Body = nil, nil
	case *ast.GenDecl:
		n.Doc = nil
	case *ast.TypeSpec:
		n.Doc, n.Comment = nil, nil
	case *ast.ValueSpec:
		n.Doc, n.Comment = nil, nil
	case *ast.Field:
		n.Doc, n.Comment = nil, nil
	}
	return true
}
