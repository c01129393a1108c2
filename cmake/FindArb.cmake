# FindArb: Arb::Arb.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# FLINT 3 contains Arb: then Arb::Arb is FLINT::FLINT.  Before that, Debian
# calls the library libflint-arb; upstream 2.x calls it libarb.
find_package(FLINT REQUIRED)

if(FLINT_VERSION VERSION_GREATER_EQUAL 3)
  set(Arb_VERSION "${FLINT_VERSION}")
  set(ARB_INCLUDE_DIR "${FLINT_INCLUDE_DIR}")
  set(ARB_LIBRARY "${FLINT_LIBRARY}")
else()
  find_path(ARB_INCLUDE_DIR arb.h)
  find_library(ARB_LIBRARY NAMES flint-arb arb)
  mark_as_advanced(ARB_INCLUDE_DIR ARB_LIBRARY)
  if(ARB_INCLUDE_DIR)
    file(STRINGS "${ARB_INCLUDE_DIR}/arb.h" _arb_version
      REGEX "^#define ARB_VERSION \"")
    string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" Arb_VERSION
      "${_arb_version}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Arb
  REQUIRED_VARS ARB_LIBRARY ARB_INCLUDE_DIR
  VERSION_VAR Arb_VERSION
  REASON_FAILURE_MESSAGE
    "scripts/setup installs what is missing (Debian: libflint-arb-dev)")

if(Arb_FOUND AND NOT TARGET Arb::Arb)
  if(FLINT_VERSION VERSION_GREATER_EQUAL 3)
    add_library(Arb::Arb INTERFACE IMPORTED)
  else()
    add_library(Arb::Arb UNKNOWN IMPORTED)
    set_target_properties(Arb::Arb PROPERTIES
      IMPORTED_LOCATION "${ARB_LIBRARY}")
  endif()
  set_target_properties(Arb::Arb PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${ARB_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES FLINT::FLINT)
endif()
