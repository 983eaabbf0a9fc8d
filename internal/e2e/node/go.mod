// Keeps ./... out of node_modules: some npm packages contain Go.
module node

go 1.26.0
