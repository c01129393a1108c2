# What other projects need to find an installed lindbound: a CMake package and
# lindbound.pc.  examples/find_package uses both.
# SPDX-License-Identifier: GPL-3.0-or-later
include(CMakePackageConfigHelpers)
set(LB_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/lindbound")
set(LB_DATA_DIR "${CMAKE_INSTALL_DATADIR}/lindbound")

install(EXPORT lindboundTargets
  NAMESPACE lindbound::
  DESTINATION "${LB_PACKAGE_DIR}")
configure_package_config_file(cmake/lindboundConfig.cmake.in
  "${PROJECT_BINARY_DIR}/lindboundConfig.cmake"
  INSTALL_DESTINATION "${LB_PACKAGE_DIR}"
  PATH_VARS LB_DATA_DIR)
# 0.x: another minor version may change the interface
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/lindboundConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/lindboundConfig.cmake"
  "${PROJECT_BINARY_DIR}/lindboundConfigVersion.cmake"
  cmake/FindArb.cmake cmake/FindFLINT.cmake cmake/FindGSLCore.cmake
  DESTINATION "${LB_PACKAGE_DIR}")

# -- lindbound.pc -------------------------------------------------------------------
# Relative to the file itself: `cmake --install BUILD --prefix DIR` may choose
# another folder than the one configured.
set(LB_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(LB_PC_PREFIX "\${pcfiledir}/${up}")
endif()
foreach(dir IN ITEMS INCLUDEDIR LIBDIR DATADIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${dir}}")
    set(LB_PC_${dir} "${CMAKE_INSTALL_${dir}}")
  else()
    set(LB_PC_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()

# FLINT, Arb, MPFR and GMP need not have .pc files; folders that the compiler
# searches anyway are left out.
set(LB_PC_FLINT_CFLAGS "")
set(dirs "${ARB_INCLUDE_DIR};${FLINT_INCLUDE_DIR};${MPFR_INCLUDE_DIR};${GMP_INCLUDE_DIR}")
list(REMOVE_DUPLICATES dirs)
list(REMOVE_ITEM dirs ${CMAKE_C_IMPLICIT_INCLUDE_DIRECTORIES})
foreach(dir IN LISTS dirs)
  string(APPEND LB_PC_FLINT_CFLAGS " -I${dir}")
endforeach()
set(LB_PC_FLINT_LIBS "")
set(libraries "${ARB_LIBRARY};${FLINT_LIBRARY};${MPFR_LIBRARY};${GMP_LIBRARY}")
list(REMOVE_DUPLICATES libraries)
foreach(library IN LISTS libraries)
  get_filename_component(dir "${library}" DIRECTORY)
  get_filename_component(name "${library}" NAME_WE)
  string(REGEX REPLACE "^lib" "" name "${name}")
  if(NOT dir IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES
      AND NOT LB_PC_FLINT_LIBS MATCHES " -L${dir} ")
    string(APPEND LB_PC_FLINT_LIBS " -L${dir}")
  endif()
  string(APPEND LB_PC_FLINT_LIBS " -l${name}")
endforeach()

# A static library is linked with `pkg-config --static --libs lindbound`; -lgsl
# without gsl.pc, which would bring its own CBLAS.
set(LB_PC_LIBS_PRIVATE "")
foreach(flag IN LISTS OpenMP_C_FLAGS)
  string(APPEND LB_PC_LIBS_PRIVATE " ${flag}")
endforeach()
if(LB_MPI)
  foreach(library IN LISTS MPI_C_LIBRARIES)
    string(APPEND LB_PC_LIBS_PRIVATE " ${library}")
  endforeach()
endif()
string(REPLACE ";" " " LB_BLAS_MODULES "${LB_BLAS_MODULES}")

configure_file(cmake/lindbound.pc.in "${PROJECT_BINARY_DIR}/lindbound.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/lindbound.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
