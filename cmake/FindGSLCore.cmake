# FindGSLCore: GSL::core, the GNU Scientific Library without its own CBLAS, which
# is slow and would serve LAPACK as well: another BLAS takes its place.
# SPDX-License-Identifier: GPL-3.0-or-later
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_GSL QUIET gsl)
endif()
find_path(GSL_INCLUDE_DIR gsl/gsl_errno.h HINTS ${PC_GSL_INCLUDE_DIRS})
find_library(GSL_LIBRARY gsl HINTS ${PC_GSL_LIBRARY_DIRS})
mark_as_advanced(GSL_INCLUDE_DIR GSL_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(GSLCore
  REQUIRED_VARS GSL_LIBRARY GSL_INCLUDE_DIR
  REASON_FAILURE_MESSAGE
    "scripts/setup installs what is missing (Debian: libgsl-dev)")

if(GSLCore_FOUND AND NOT TARGET GSL::core)
  add_library(GSL::core UNKNOWN IMPORTED)
  set_target_properties(GSL::core PROPERTIES
    IMPORTED_LOCATION "${GSL_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${GSL_INCLUDE_DIR}")
endif()
