/// The version of this package.
package let stimmungVersion = "0.1.0"
