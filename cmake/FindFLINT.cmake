# FindFLINT: FLINT::FLINT, with MPFR and GMP, which its headers use.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Debian's FLINT 2.9 ships neither a .pc file nor a CMake package.
find_path(FLINT_INCLUDE_DIR flint/flint.h)
find_path(MPFR_INCLUDE_DIR mpfr.h)
find_path(GMP_INCLUDE_DIR gmp.h)
find_library(FLINT_LIBRARY flint)
find_library(MPFR_LIBRARY mpfr)
find_library(GMP_LIBRARY gmp)
mark_as_advanced(
  FLINT_INCLUDE_DIR MPFR_INCLUDE_DIR GMP_INCLUDE_DIR
  FLINT_LIBRARY MPFR_LIBRARY GMP_LIBRARY)

if(FLINT_INCLUDE_DIR)
  file(STRINGS "${FLINT_INCLUDE_DIR}/flint/flint.h" _flint_version
    REGEX "^#define FLINT_VERSION \"")
  string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" FLINT_VERSION
    "${_flint_version}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(FLINT
  REQUIRED_VARS
    FLINT_LIBRARY FLINT_INCLUDE_DIR
    MPFR_LIBRARY MPFR_INCLUDE_DIR
    GMP_LIBRARY GMP_INCLUDE_DIR
  VERSION_VAR FLINT_VERSION
  REASON_FAILURE_MESSAGE
    "scripts/setup installs what is missing (Debian: libflint-dev)")

if(FLINT_FOUND AND NOT TARGET FLINT::FLINT)
  add_library(FLINT::FLINT UNKNOWN IMPORTED)
  set_target_properties(FLINT::FLINT PROPERTIES
    IMPORTED_LOCATION "${FLINT_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES
      "${FLINT_INCLUDE_DIR};${MPFR_INCLUDE_DIR};${GMP_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${MPFR_LIBRARY};${GMP_LIBRARY}")
endif()
