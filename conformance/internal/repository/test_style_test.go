package repository

import "testing"

func TestTestStyle(t *testing.T) {
	assertFindings(t, TestStyle, files{
		"a_test.go": "package a\n\nimport (\n\tclock \"time\"\n\t\"testing\"\n)\n\n" +
			"func TestA(t *testing.T) {\n\tclock.Sleep(1)\n\tgo func() { t.Skip() }()\n}\n",
		"b_test.go": "package b\n\nimport (\n\t\"testing\"\n\t\"testing/synctest\"\n\t\"time\"\n)\n\n" +
			"func TestB(t *testing.T) {\n\tsynctest.Test(t, func(*testing.T) { time.Sleep(1) })\n}\n\n" +
			"func pause() { time.Sleep(1) }\n\n" +
			"func bubble(t *testing.T, f func(*testing.T)) { synctest.Test(t, f) }\n\n" +
			"func TestInBubble(t *testing.T) {\n\tbubble(t, func(*testing.T) { time.Sleep(1) })\n}\n",
		"other/c_test.go": "package c\n\nimport \"time\"\n\nfunc TestC() {\n\tbubble()\n\ttime.Sleep(1)\n}\n",
		"c.go":            "package c\n\nimport \"time\"\n\nfunc C() { time.Sleep(1) }\n",
	},
		"a_test.go:9: a test sleeps: use testing/synctest, or wait for the event itself",
		"a_test.go:10: a test calls Skip: a test that cannot run must fail",
		"b_test.go:13: a test sleeps: use testing/synctest, or wait for the event itself",
		"other/c_test.go:7: a test sleeps: use testing/synctest, or wait for the event itself",
	)
}
