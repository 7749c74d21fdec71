package repository

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Module is the path of this module.
const Module = "github.com/fastpubsub/fastpubsub"

// house is a top-level folder with Go code in it.
type house struct {
	folder string
	// imports are the other houses whose packages it may import.
	imports []string
}

// The houses. Whatever one of them keeps under internal/ is out of reach for
// the others anyway: the compiler sees to that.
var houses = []house{
	{"proto", nil},
	{"server", []string{"proto"}},
	{"sdk-go", []string{"proto"}},
	{"conformance", []string{"proto", "server", "sdk-go"}},
	{"docs", []string{"proto", "server", "sdk-go"}},
}

// The commands are built on the SDK; nothing else in the server may know it.
const roomOnTheSDK = "server/internal/cli"

// The rooms of the server from the bottom to the top. A package may import
// packages of the storeys below its own, and none of its own storey or above.
// Those of the ground floor import nothing of this module at all. A folder
// inside a room, such as transport/http/route, belongs to that room.
var storeys = [][]string{
	{"server/internal/certificate", "server/internal/channel", "server/internal/secret", "server/internal/transport/socket"},
	{"server/internal/apierror", "server/internal/transport/h2"},
	{"server/internal/authz", "server/internal/backplane", "server/internal/metrics", "server/internal/outbox", "server/internal/subindex"},
	{"server/internal/backplane/local", "server/internal/token"},
	{"server/internal/hub", "server/internal/tokenstore", "server/internal/transport/framebuf", "server/internal/transport/intern", "server/internal/transport/wsframe"},
	{"server/internal/admission", "server/internal/tokenadmin", "server/internal/tokenstore/bolt", "server/internal/tokenstore/memory"},
	{"server/internal/session"},
	{"server/internal/transport/command"},
	{"server/internal/transport/llps", "server/internal/transport/sessionframe"},
	{"server/internal/transport/rpc"},
	{"server/internal/transport/grpc", "server/internal/transport/http", "server/internal/transport/websocket"},
	{"server"},
	{"server/internal/config"},
	{roomOnTheSDK},
	{"server/cmd/fastpubsub"},
}

const groundFloor = 0

// ImportDirections finds imports against the direction in which they run, and
// packages that have no place in the table above. Tests are free: they may set
// up whatever they need. So are packages for tests, whose names or folders' names
// end in "test"; nothing else may import those.
func ImportDirections(tree fs.FS) ([]Finding, error) {
	sources, err := goSources(tree)
	if err != nil {
		return nil, err
	}
	generated, err := generatedPackages(tree)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	placeless := map[string]bool{}
	for _, source := range sources {
		room := source.folder()
		if source.IsGoTest() || isForTests(room) {
			continue
		}
		if !hasPlace(room) {
			if !placeless[room] {
				placeless[room] = true
				findings = append(findings, Finding{Path: room,
					Text: "has no place in the table of houses and storeys: give it one in conformance/internal/repository/imports.go"})
			}
			continue
		}
		for imported, line := range source.imported() {
			target, ours := strings.CutPrefix(imported, Module+"/")
			if !ours {
				continue
			}
			if reason := forbidden(room, target, generated); reason != "" {
				findings = append(findings, Finding{Path: source.Path, Line: line,
					Text: fmt.Sprintf("%s imports %s: %s", room, target, reason)})
			}
		}
	}
	return sorted(findings), nil
}

// generatedPackages are the folders below proto/gen.
func generatedPackages(tree fs.FS) ([]string, error) {
	var folders []string
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && strings.HasPrefix(name, "proto/gen/") {
			folders = append(folders, name)
		}
		return err
	})
	return folders, err
}

// isForTests tells whether a package is set up for tests and nothing else: it, or
// a folder that it is in, has a name that ends in "test".
func isForTests(room string) bool {
	return slices.ContainsFunc(strings.Split(room, "/"), func(folder string) bool { return strings.HasSuffix(folder, "test") })
}

func hasPlace(room string) bool {
	if houseOf(room) == nil {
		return false
	}
	return !isServers(room) || storeyOf(room) >= 0
}

// forbidden says why room must not import target; "" when it may.
func forbidden(room, target string, generated []string) string {
	from, to := houseOf(room), houseOf(target)
	switch {
	case to == nil:
		return "no such house"
	case isForTests(target):
		return "a package for tests is for tests only"
	case storeyOf(room) == groundFloor:
		return "the ground floor imports nothing of this module"
	case to.folder == "proto" && !slices.Contains(generated, target):
		return "only generated code of proto/ can be imported"
	case from == to && !isServers(room):
		return ""
	case from != to && !slices.Contains(from.imports, to.folder):
		if to.folder == "sdk-go" && room == roomOnTheSDK {
			return ""
		}
		return fmt.Sprintf("%s/ may import nothing of %s/", from.folder, to.folder)
	case from == to && roomOf(target) == roomOf(room):
		return ""
	case from == to && storeyOf(target) >= storeyOf(room):
		return "imports run from the upper storey to the lower one only"
	}
	return ""
}

func houseOf(room string) *house {
	first, _, _ := strings.Cut(path.Clean(room), "/")
	for i := range houses {
		if houses[i].folder == first {
			return &houses[i]
		}
	}
	return nil
}

func isServers(room string) bool {
	return room == "server" || strings.HasPrefix(room, "server/")
}

// storeyOf counts from the bottom; -1 for a room that has no place.
func storeyOf(folder string) int {
	room := roomOf(folder)
	return slices.IndexFunc(storeys, func(rooms []string) bool { return slices.Contains(rooms, room) })
}

// roomOf is the room of the table that a folder of the server belongs to; the
// folder itself when it is in none.
func roomOf(folder string) string {
	for room := folder; room != "server" && room != "."; room = path.Dir(room) {
		for _, rooms := range storeys {
			if slices.Contains(rooms, room) {
				return room
			}
		}
	}
	return folder
}
