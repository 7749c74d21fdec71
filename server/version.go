package server

import "runtime/debug"

// version is set by the linker, for builds of a release:
//
//	-ldflags "-X github.com/fastpubsub/fastpubsub/server.version=1.2.3"
var version string

// Version is the version of this build: what the linker was told, the module's
// version, or "devel".
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
