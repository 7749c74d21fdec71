package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/internal/sdkbench"
)

const drivers = "--drivers=../../drivers.json "

func TestOptions(t *testing.T) {
	o, err := parse(strings.Fields(drivers + "--sdk go,rust --transport grpc --measure start,receive --runs 2 --scale 0.5"))
	require.NoError(t, err)
	assert.Len(t, o.sdks, 2)
	assert.Equal(t, []scenario.Transport{scenario.GRPC}, o.transports)
	require.Len(t, o.measures, 2)
	assert.Equal(t, "receive", o.measures[1].Name)
	assert.Equal(t, 500_000, o.measures[1].Messages)

	o, err = parse(strings.Fields(drivers))
	require.NoError(t, err)
	assert.Len(t, o.sdks, 4)
	assert.Len(t, o.measures, 5)
	assert.Equal(t, 3, o.runs)
}

func TestWrongOptions(t *testing.T) {
	for args, problem := range map[string]string{
		"more":             `unexpected argument "more"`,
		"--runs 0":         "--runs is 0",
		"--scale 2":        "--scale is 2",
		"--scale 0":        "--scale is 0",
		"--sdk perl":       `there is no SDK "perl"`,
		"--transport tcp":  `there is no "tcp"`,
		"--measure speed":  `there is no "speed"; there are receive, publish, latency, subscriptions, start`,
		"--no-such-flag 1": "unknown flag",
	} {
		_, err := parse(strings.Fields(drivers + args))
		assert.ErrorContains(t, err, problem)
	}
}

func TestWhatHadToRunAndDidNotFailsTheRun(t *testing.T) {
	o, err := parse(strings.Fields(drivers + "--require=sdk-rust"))
	require.NoError(t, err)
	good := sdkbench.Row{SDK: "go", Verdict: scenario.Passed}
	assert.True(t, o.passed([]sdkbench.Row{good, {SDK: "java", Verdict: scenario.NotRun}}))
	assert.False(t, o.passed([]sdkbench.Row{good, {SDK: "rust", Verdict: scenario.NotRun}}))
	assert.False(t, o.passed([]sdkbench.Row{good, {SDK: "java", Verdict: scenario.Failed}}))
}
