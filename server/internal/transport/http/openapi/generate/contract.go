package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// buf compiles the contract.
const buf = "github.com/bufbuild/buf/cmd/buf@v1.75.0"

// contract is the compiled contract with its comments.
type contract struct{ files *protoregistry.Files }

// compile compiles the contract in a directory.
func compile(dir string) (*contract, error) {
	command := exec.Command("go", "run", buf, "build", dir, "-o", "-#format=binpb")
	command.Stderr = os.Stderr
	compiled, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("buf build %s: %w", dir, err)
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(compiled, &set); err != nil {
		return nil, err
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, err
	}
	return &contract{files}, nil
}

// find is the descriptor of that name; the route table names only what exists.
func (c *contract) find(name protoreflect.FullName) protoreflect.Descriptor {
	d, err := c.files.FindDescriptorByName(name)
	if err != nil {
		panic(err)
	}
	return d
}

// comment is the text that stands before the declaration, as one paragraph a
// line.
func comment(d protoreflect.Descriptor) string {
	text := d.ParentFile().SourceLocations().ByDescriptor(d).LeadingComments
	var paragraphs []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		paragraphs = append(paragraphs, strings.Join(strings.Fields(paragraph), " "))
	}
	return strings.TrimSpace(strings.Join(paragraphs, "\n\n"))
}
