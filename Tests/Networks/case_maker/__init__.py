"""The cases of the tests, a module for each group of subjects and a function for each subject."""
