package repository

import "testing"

func TestLinks(t *testing.T) {
	assertFindings(t, Links, files{
		"README.md":           "[book](docs/src/intro.md) [licence](LICENSE) [folder](docs) [web](https://example.com/a)\n",
		"LICENSE":             "terms\n",
		"server/run.go":       "package server\n",
		"docs/samples/one.sh": "true\n",
		"docs/src/intro.md": "# Hello, `big` World\n\n[top](#hello-big-world) [other](other.md#part-1) [code](" + sourceAddress + "tree/main/server)\n" +
			"[file](" + sourceAddress + "blob/main/server/run.go) [issues](" + sourceAddress + "issues)\n\n```sh\n{{#include ../samples/one.sh:anchor}}\n```\n",
		"docs/src/other.md": "## Part 1\n\n`[not a link](nowhere.md)`\n\n```\n[nor this](nowhere.md)\n```\n" +
			"[a](nowhere.md) [b](intro.md#missing)\n[c](" + sourceAddress + "blob/main/server) [d](" + sourceAddress + "tree/main/client)\n{{#include ../samples/two.sh}}\n",
	},
		"docs/src/other.md:10: includes docs/samples/two.sh, which is not there",
		"docs/src/other.md:8: link to nowhere.md: no such file",
		"docs/src/other.md:8: link to intro.md#missing: no such heading",
		"docs/src/other.md:9: link to "+sourceAddress+"blob/main/server: tree/ is for folders, blob/ is for files",
		"docs/src/other.md:9: link to "+sourceAddress+"tree/main/client: no such file or folder",
	)
}

func TestBookPages(t *testing.T) {
	assertFindings(t, BookPages, files{
		"docs/src/SUMMARY.md":    "# Summary\n\n- [Intro](intro.md)\n- [Spec](spec/index.md)\n",
		"docs/src/intro.md":      "# Intro\n",
		"docs/src/spec/index.md": "# Spec\n",
		"docs/src/lost.md":       "# Lost\n",
		"README.md":              "# Not of the book\n",
	},
		"docs/src/lost.md: is not in SUMMARY.md, so that the book leaves it out",
	)
}
