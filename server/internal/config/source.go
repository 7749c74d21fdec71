package config

import "fmt"

// Layer is one of the places where a value can come from.
type Layer string

// The layers, the strongest first.
const (
	LayerFlag     Layer = "flag"
	LayerVariable Layer = "variable"
	LayerFile     Layer = "file"
	LayerDefault  Layer = "default"
)

// Source is where the value of a setting came from. The zero Source is a
// default.
type Source struct {
	Layer Layer
	// Name is the flag with its dashes, the variable, the path of the file, or
	// "--dev" for a default of the development mode.
	Name string
	// Line is the line in the file, from 1.
	Line int
}

// IsDefault says that nobody set the setting.
func (s Source) IsDefault() bool { return s.Layer == "" || s.Layer == LayerDefault }

// String is the source for people: "flag --url", "variable FASTPUBSUB_URL",
// "fastpubsub.yaml:3",
// "default".
func (s Source) String() string {
	switch s.Layer {
	case LayerFlag, LayerVariable:
		return string(s.Layer) + " " + s.Name
	case LayerFile:
		return fmt.Sprintf("%s:%d", s.Name, s.Line)
	case LayerDefault:
		return "default with " + s.Name
	default:
		return string(LayerDefault)
	}
}
