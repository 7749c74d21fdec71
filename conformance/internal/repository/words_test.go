package repository

import "testing"

func TestWords(t *testing.T) {
	const slash = "/"
	assertFindings(t, Words, files{
		"a.md": "fine: https://example.com" + slash + "home/page, rooms/work/bench, ./root/x\n",
		"b.go": "package b\n\n// see " + slash + "work/tree\n",
		"c.sh": "curl https://proxy" + ".golang.org\n",
		"d.go": "package d\n\n// TO" + "DO: later\n",
	},
		`b.go:3: " `+slash+`work/t" is a path of one machine: use a relative path or a temporary folder`,
		`c.sh:1: "proxy`+`.golang." is the host of a package registry: package managers know their own`,
		`d.go:3: "TO`+`DO" is unfinished work: finish it or file an issue`,
	)
}
