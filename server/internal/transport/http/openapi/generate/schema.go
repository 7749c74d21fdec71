package main

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const componentPrefix = "#/components/schemas/"

// schemas collects the schemas of the messages that are referred to.
type schemas struct {
	contract *contract
	all      openapi3.Schemas
}

// message is a reference to a message's schema.
func (s *schemas) message(name protoreflect.FullName) *openapi3.SchemaRef {
	m := s.contract.find(name).(protoreflect.MessageDescriptor)
	key := string(m.Name())
	if _, known := s.all[key]; !known {
		s.all[key] = nil // so that a message that holds itself ends
		s.all[key] = s.object(m).NewRef()
	}
	return openapi3.NewSchemaRef(componentPrefix+key, nil)
}

// object is the schema of a message.
func (s *schemas) object(m protoreflect.MessageDescriptor) *openapi3.Schema {
	object := openapi3.NewObjectSchema()
	object.Description = comment(m)
	object.Properties = openapi3.Schemas{}
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		object.Properties[string(f.Name())] = s.field(f)
	}
	return object
}

// field is the schema of a field, with its comment.
func (s *schemas) field(f protoreflect.FieldDescriptor) *openapi3.SchemaRef {
	single := s.single(f)
	if f.IsList() {
		list := openapi3.NewArraySchema()
		list.Items = single
		list.Description = comment(f)
		return list.NewRef()
	}
	if single.Ref != "" { // a description beside a reference would be ignored
		described := openapi3.NewAllOfSchema()
		described.AllOf = openapi3.SchemaRefs{single}
		described.Description = comment(f)
		return described.NewRef()
	}
	if single.Value.Description == "" {
		single.Value.Description = comment(f)
	} else {
		single.Value.Description = comment(f) + "\n\n" + single.Value.Description
	}
	return single
}

// single is the schema of one value of a field, in protobuf's JSON form.
func (s *schemas) single(f protoreflect.FieldDescriptor) *openapi3.SchemaRef {
	switch f.Kind() {
	case protoreflect.StringKind:
		return openapi3.NewStringSchema().NewRef()
	case protoreflect.Int32Kind:
		return openapi3.NewInt32Schema().NewRef()
	case protoreflect.Uint32Kind:
		return openapi3.NewInt64Schema().WithMin(0).NewRef()
	case protoreflect.EnumKind:
		return enumeration(f.Enum()).NewRef()
	case protoreflect.MessageKind:
		return s.nested(f.Message())
	default:
		panic(fmt.Sprintf("field %s: no schema for kind %s yet known", f.FullName(), f.Kind()))
	}
}

func (s *schemas) nested(m protoreflect.MessageDescriptor) *openapi3.SchemaRef {
	switch m.FullName() {
	case "google.protobuf.Timestamp":
		return openapi3.NewDateTimeSchema().NewRef()
	case "google.protobuf.Duration":
		duration := openapi3.NewStringSchema().WithPattern(`^-?[0-9]+(\.[0-9]{1,9})?s$`)
		duration.Description = "In seconds, with the unit: \"30s\"."
		return duration.NewRef()
	default:
		return s.message(m.FullName())
	}
}

// enumeration is the schema of an enum: its names, each with its comment.
func enumeration(e protoreflect.EnumDescriptor) *openapi3.Schema {
	schema := openapi3.NewStringSchema()
	var lines []string
	for i := range e.Values().Len() {
		v := e.Values().Get(i)
		schema.Enum = append(schema.Enum, string(v.Name()))
		lines = append(lines, fmt.Sprintf("* `%s`: %s", v.Name(), comment(v)))
	}
	schema.Description = strings.Join(lines, "\n")
	return schema
}
