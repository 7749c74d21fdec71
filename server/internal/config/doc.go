// Package config is where settings come from: one table says for each setting
// its name, type, default, meaning, unit, accepted values and whether it is a
// secret. Flags, FASTPUBSUB_ variables, the keys of the YAML file, the output of
// "fastpubsub config" and the reference page are all derived from that table.
//
// A setting is taken from its flag, else from its variable, else from the file,
// else from its default. A wrong value is an *Error that names the setting,
// where the value came from, what it was (never a secret) and what is accepted;
// a name that nobody knows is an *UnknownError.
package config
